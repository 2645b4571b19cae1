/** Routes to start from. */
package io.pgcdc.examples;

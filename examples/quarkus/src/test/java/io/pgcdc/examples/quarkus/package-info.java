/** The example's application, run as it is packaged. */
package io.pgcdc.examples.quarkus;

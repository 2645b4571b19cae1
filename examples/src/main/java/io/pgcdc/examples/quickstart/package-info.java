/**
 * The quick start: a shop's database is copied to files and then followed, with a look at what happens meanwhile.
 */
package io.pgcdc.examples.quickstart;

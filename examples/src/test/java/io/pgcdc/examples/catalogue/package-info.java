/** Every route that this project shows, checked against Camel's catalogue and the schemas of its languages. */
package io.pgcdc.examples.catalogue;

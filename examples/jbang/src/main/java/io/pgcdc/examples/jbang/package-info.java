/** Runs a route of the examples by Camel JBang, in a JVM that has nothing of this project on its class path. */
package io.pgcdc.examples.jbang;

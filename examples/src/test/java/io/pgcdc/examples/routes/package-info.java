/** Runs the routes of {@code src/main/resources/routes}, which docs/routes.md shows, against servers in this JVM. */
package io.pgcdc.examples.routes;

/** Checks the resources for Kubernetes against what its API and Camel K's say, and runs the routes in them. */
package io.pgcdc.examples.kubernetes;

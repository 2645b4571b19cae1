/**
 * A BigQuery within the JVM of a test: REST and gRPC for Google's own clients. It is a fake. It knows the statements
 * and calls that pgcdc uses, enforces the limits and rules that Google documents for them, and can be told to fail.
 */
package io.pgcdc.routes.bigquery.fake;

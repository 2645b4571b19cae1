/**
 * Rows and changes into Google BigQuery: the sink {@code pgcdc-bigquery}, which keeps tables as they are in the source
 * through the Storage Write API, and the data type {@code pgcdc:bigquery-changelog}, which makes rows for Camel's own
 * {@code google-bigquery}. Needs Google's client libraries on the class path, as camel-google-bigquery brings them.
 */
package io.pgcdc.routes.bigquery;

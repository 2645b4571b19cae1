/**
 * Rows and changes into Google BigQuery: the sink {@code pgcdc-bigquery}, which keeps tables as they are in the source
 * through the Storage Write API, and the bean {@link io.pgcdc.routes.bigquery.BigQueryChangelog}, which makes rows for
 * Camel's own {@code google-bigquery}. Needs Google's client libraries on the class path, as camel-google-bigquery
 * brings them.
 *
 * <p>
 * The way of a batch: {@code BigQueryProducer} → {@code BigQuerySink} → its {@code SinkTable}, which keeps the view and
 * has the {@code Generation} that the view shows, with a {@code Shape} for each {@code TableSchema} →
 * {@code RowEncoder} writes protobuf rows into a {@code RequestBuilder} → {@code Appender} sends each request to a
 * {@code WriteStream}, again where that helps → {@code ExchangeCompletion} ends the exchange behind the last one. Only
 * {@code Dataset} speaks to the REST API; nothing here knows of PostgreSQL but by the events.
 */
package io.pgcdc.routes.bigquery;

/**
 * Rows and changes to Kafka: a topic for each table, a record for each change, keyed by the row. It builds on the
 * client and the options of {@code camel-kafka}, and stands behind the route template {@code pgcdc-to-kafka} and the
 * Kamelet {@code pgcdc-kafka-sink}. Whoever reads the topics needs nothing from here.
 */
package io.pgcdc.routes.kafka;

/**
 * Talks to the PostgreSQL server through pgjdbc: connections, replication slots, publications and table shapes from the
 * catalogue, snapshots, COPY and the replication stream, and the checks before a start. It hands on bytes and values of
 * {@code io.pgcdc.model}; it decides nothing about when to copy, what to apply or what to acknowledge. Together with
 * {@code io.pgcdc.state} it is the only place that knows pgjdbc and {@code java.sql}.
 */
package io.pgcdc.postgres;

/**
 * The decoders of what PostgreSQL sends: {@link io.pgcdc.pgoutput.PgOutputDecoder} for the messages of the logical
 * replication plugin pgoutput, {@link io.pgcdc.pgoutput.CopyFraming} and {@link io.pgcdc.pgoutput.CopyRowDecoder} for
 * the rows of {@code COPY … TO STDOUT (FORMAT binary)}. They take byte arrays, wherever those come from, and make
 * events and values of them; bytes that are not what the protocol says end in a {@link io.pgcdc.model.PgCdcException},
 * never in anything else. No connection, no thread and no state that outlives a connection may live here.
 */
package io.pgcdc.pgoutput;

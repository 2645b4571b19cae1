package io.pgcdc.routes.bigquery;

/**
 * One shape of a source's table: how its rows are written, and where to.
 *
 * @param encoder writes the rows
 * @param stream  takes them
 */
record Shape(RowEncoder encoder, WriteStream stream) {
}

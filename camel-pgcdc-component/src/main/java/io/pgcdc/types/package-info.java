/**
 * One codec per PostgreSQL type: the bytes of a value in PostgreSQL's text format in, a Java value out, in one of the
 * two styles of {@link io.pgcdc.types.ValueStyle}. Everything is pure and may be shared between threads; the table of
 * the types is {@code KnownTypes}, and {@link io.pgcdc.types.Codecs} is the way in. Nothing here may read or write
 * anything (no connection, no catalogue, no clock), know a message or a table, or put a value into an error.
 */
package io.pgcdc.types;

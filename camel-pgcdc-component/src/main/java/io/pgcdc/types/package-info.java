/**
 * One codec per PostgreSQL type, and for many types a second one: the bytes of a value in PostgreSQL's text format, or
 * in its binary one, in, a Java value out, in one of the two styles of {@link io.pgcdc.types.ValueStyle}. The table of
 * the built-in types is {@code KnownTypes}; what users and extensions make is told by a
 * {@link io.pgcdc.types.TypeLookup}, which others implement; {@link io.pgcdc.types.Codecs} is the way in. Everything
 * may be shared between threads. Nothing here may read or write anything (no connection, no catalogue, no clock), know
 * a message or a table, or put a value into an error.
 */
package io.pgcdc.types;

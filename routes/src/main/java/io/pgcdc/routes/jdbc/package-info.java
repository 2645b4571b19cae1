/**
 * The Camel component {@code pgcdc-jdbc}: keeps tables of a JDBC database as a {@code pgcdc:} pipeline tells, each
 * change exactly once. What a change means for a table and which changes are done is decided here; what differs between
 * databases is in {@code dialect}.
 */
package io.pgcdc.routes.jdbc;

/**
 * What differs between the databases that {@code pgcdc-jdbc} writes to: the types of columns, how rows are loaded, and
 * the statements that not all of them understand alike. Values come in here as {@code values=portable} has them.
 * Nothing here knows of positions, of the order of changes or of Camel.
 */
package io.pgcdc.routes.jdbc.dialect;

/**
 * The values that everything else speaks in: positions, tables, columns, rows and changes. They are immutable, know no
 * wire format and no connection, and may be shared between threads. What decodes, reads or stores them lives in other
 * packages; nothing here may depend on those.
 */
package io.pgcdc.model;

package io.pgcdc.pgoutput;

import java.util.Objects;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableSchema;
import io.pgcdc.types.Codecs;
import io.pgcdc.types.ColumnCodec;

/**
 * Reads the rows of {@code COPY … TO STDOUT} in the text format with its default options (PostgreSQL documentation,
 * chapter "COPY", section "Text Format"): fields separated by tabs, NULL as {@code \N}, backslash escapes.
 *
 * <p>
 * <b>Thread-safety:</b> none, since rows share a buffer for unescaping; every thread that copies has its own.
 */
public final class CopyRowDecoder {

    private final TableSchema schema;
    private final ColumnCodec[] codecs;
    private final Lsn snapshot;
    private final CopyEscapes escapes = new CopyEscapes();

    /**
     * @param schema   has the columns that are copied, in their order
     * @param snapshot as of when they are copied
     */
    public CopyRowDecoder(TableSchema schema, Codecs codecs, Lsn snapshot) {
        this.snapshot = Objects.requireNonNull(snapshot, "snapshot");
        this.schema = Objects.requireNonNull(schema, "schema");
        this.codecs = ColumnCodecs.of(schema, codecs);
    }

    /**
     * Reads one row, with or without the newline that ends it.
     *
     * @return                the values in the order of the columns; the array is the caller's
     * @throws PgCdcException of kind PROTOCOL if this is not one row of the table, of kind DECODE if a value is none of
     *                        its column's type; either way the next row may be read
     */
    public Object[] decode(byte[] row, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, row.length);
        int end = offset + length;
        Object[] values = new Object[codecs.length];
        if (values.length == 0) {
            requireEmpty(row, offset, length);
            return values;
        }
        int start = offset;
        for (int column = 0; column < values.length; column++) {
            int next = start;
            boolean escaped = false;
            while (next < end && row[next] != '\t' && row[next] != '\n') {
                if (row[next] == '\\') {
                    escaped = true;
                    next++; // what a backslash stands before is no separator
                }
                next++;
            }
            if (next > end) {
                throw violation("it ends in the midst of an escape");
            }
            requireSeparator(row, next, end, column);
            values[column] = escaped
                    ? decodeEscaped(column, row, start, next)
                    : decodeField(column, row, start, next - start);
            start = next + 1;
        }
        return values;
    }

    private Object decodeEscaped(int column, byte[] row, int start, int end) {
        if (end - start == 2 && row[start + 1] == 'N') {
            return null;
        }
        escapes.unescape(row, start, end);
        return decodeField(column, escapes.buffer(), 0, escapes.length());
    }

    private Object decodeField(int column, byte[] bytes, int offset, int length) {
        try {
            return codecs[column].decode(bytes, offset, length);
        } catch (RuntimeException e) {
            throw UndecodableValue.exception(schema, column, "in the copy as of LSN " + snapshot, e);
        }
    }

    /** Behind the last column the row must end, behind every other a tab must stand. */
    private void requireSeparator(byte[] row, int at, int end, int column) {
        boolean more = at < end && row[at] == '\t';
        if (more != column < codecs.length - 1) {
            throw violation((more ? "it has more fields" : "it has only " + (column + 1) + " fields") + " for the "
                            + codecs.length + " columns of the table");
        }
        if (!more && at < end - 1) {
            throw violation("bytes are left behind its end");
        }
    }

    private void requireEmpty(byte[] row, int offset, int length) {
        if (length > 1 || length == 1 && row[offset] != '\n') {
            throw violation("it has fields, but the table has no columns");
        }
    }

    private PgCdcException violation(String whatIsWrong) {
        return new PgCdcException(
                ErrorCode.PROTOCOL, "A row of the copy of table " + schema.table() + " can't be read: " + whatIsWrong,
                "See that COPY names the columns of the table's schema in their order; then copy the table again");
    }
}

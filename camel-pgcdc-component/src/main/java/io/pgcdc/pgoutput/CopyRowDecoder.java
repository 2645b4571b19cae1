package io.pgcdc.pgoutput;

import java.util.Objects;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableSchema;
import io.pgcdc.types.Codecs;
import io.pgcdc.types.ColumnCodec;

/**
 * Reads the rows of {@code COPY … TO STDOUT (FORMAT binary)} (PostgreSQL documentation, chapter "COPY", section "Binary
 * Format"): the number of fields, and for each its length, -1 for NULL, and its bytes. A value of a type that has no
 * {@linkplain Codecs#binaryCodec binary codec} is to come as its text, sent as a value of type text.
 *
 * <p>
 * Safe for use from many threads.
 */
public final class CopyRowDecoder {

    private static final int NULL = -1;

    private final TableSchema schema;
    private final ColumnCodec[] codecs;
    private final boolean[] asText;
    private final Lsn snapshot;

    /**
     * @param schema   has the columns that are copied, in their order
     * @param snapshot as of when they are copied
     */
    public CopyRowDecoder(TableSchema schema, Codecs codecs, Lsn snapshot) {
        this.snapshot = Objects.requireNonNull(snapshot, "snapshot");
        this.schema = Objects.requireNonNull(schema, "schema");
        this.codecs = ColumnCodecs.of(schema, codecs);
        this.asText = new boolean[this.codecs.length];
        for (int column = 0; column < asText.length; column++) {
            ColumnCodec binary = codecs.binaryCodec(schema.columns().get(column).typeOid());
            asText[column] = binary == null;
            this.codecs[column] = binary == null ? this.codecs[column] : binary;
        }
    }

    /** Whether the values of a column are read as text. */
    public boolean readsText(int column) {
        return asText[column];
    }

    /**
     * Reads one row.
     *
     * @return                the values in the order of the columns; the array is the caller's
     * @throws PgCdcException of kind PROTOCOL if this is not one row of the table, of kind DECODE if a value is none of
     *                        its column's type; either way the next row may be read
     */
    public Object[] decode(byte[] row, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, row.length);
        int end = offset + length;
        requireFields(row, offset, length);
        Object[] values = new Object[codecs.length];
        int position = offset + Short.BYTES;
        for (int column = 0; column < values.length; column++) {
            if (end - position < Integer.BYTES) {
                throw violation("it is cut short");
            }
            int size = BigEndian.getInt(row, position);
            position += Integer.BYTES;
            if (size == NULL) {
                continue;
            }
            if (size < 0 || size > end - position) {
                throw violation("a length of " + size + " in it reaches beyond the " + (end - position) + " bytes left");
            }
            values[column] = decodeField(column, row, position, size);
            position += size;
        }
        if (position != end) {
            throw violation((end - position) + " bytes are left behind its end");
        }
        return values;
    }

    private Object decodeField(int column, byte[] bytes, int offset, int length) {
        try {
            return codecs[column].decode(bytes, offset, length);
        } catch (RuntimeException e) {
            throw UndecodableValue.exception(schema, column, "in the copy as of LSN " + snapshot, e);
        }
    }

    private void requireFields(byte[] row, int offset, int length) {
        if (length < Short.BYTES) {
            throw violation("it is cut short");
        }
        short fields = BigEndian.getShort(row, offset);
        if (fields != codecs.length) {
            throw violation("it has " + fields + " fields for the " + codecs.length + " columns of the table");
        }
    }

    private PgCdcException violation(String whatIsWrong) {
        return violation("A row of the copy of table " + schema.table(), whatIsWrong);
    }

    static PgCdcException violation(String what, String whatIsWrong) {
        return new PgCdcException(
                ErrorCode.PROTOCOL, what + " can't be read: " + whatIsWrong,
                "Restart the pipeline to copy the table again; if it fails again, report it with the server's version");
    }
}

package io.pgcdc.pgoutput;

import io.pgcdc.model.Lsn;
import io.pgcdc.model.TableRow;
import io.pgcdc.model.TableSchema;
import io.pgcdc.types.ColumnCodec;

/** Reads the rows and keys inside a message. Allocates the array of a row and its values, nothing else. */
final class TupleReader {

    private final MessageReader reader;

    TupleReader(MessageReader reader) {
        this.reader = reader;
    }

    /**
     * Reads a whole row.
     *
     * @param old the old image of the row, or {@code null}: it has the values of columns that did not change and
     *            therefore were not sent again
     */
    Object[] readRow(Relation relation, TableSchema schema, Object[] old) {
        int count = readColumnCount(relation, schema);
        Object[] values = new Object[count];
        for (int i = 0; i < count; i++) {
            byte kind = reader.readByte();
            if (kind == 'b') {
                values[i] = readValue(binaryCodec(relation, schema, i), schema, i);
            } else if (kind == 't') {
                values[i] = readValue(relation.codec(i), schema, i);
            } else if (kind == 'u') {
                values[i] = old == null ? TableRow.ABSENT : old[i];
            } else if (kind != 'n') {
                throw unexpectedKind(schema, i, kind);
            }
        }
        return values;
    }

    /** Reads an old key, in which the server sends NULL for every column that is no part of the key. */
    Object[] readKey(Relation relation, TableSchema schema) {
        int count = readColumnCount(relation, schema);
        Object[] values = new Object[count];
        for (int i = 0; i < count; i++) {
            byte kind = reader.readByte();
            if (!relation.isKey(i)) {
                values[i] = TableRow.ABSENT;
                skipValue(schema, i, kind);
            } else if (kind == 'b') {
                values[i] = readValue(binaryCodec(relation, schema, i), schema, i);
            } else if (kind == 't') {
                values[i] = readValue(relation.codec(i), schema, i);
            } else if (kind == 'u') {
                values[i] = TableRow.ABSENT;
            } else if (kind != 'n') {
                throw unexpectedKind(schema, i, kind);
            }
        }
        return values;
    }

    private int readColumnCount(Relation relation, TableSchema schema) {
        int count = reader.readUnsignedShort();
        if (count != relation.columnCount()) {
            throw reader.violation("a row in it has " + count + " columns, table " + schema.table()
                                   + " was announced with " + relation.columnCount());
        }
        if (count > reader.left()) {
            throw reader.violation("it is cut short: " + count + " columns wanted, " + reader.left() + " bytes left");
        }
        return count;
    }

    private ColumnCodec binaryCodec(Relation relation, TableSchema schema, int column) {
        ColumnCodec codec = relation.binaryCodec(column);
        if (codec == null) {
            throw reader.violation(
                    "column " + schema.columns().get(column).name() + " of table " + schema.table()
                                   + " comes in binary format, which is not known of its type",
                    "Start the replication without the option 'binary'");
        }
        return codec;
    }

    private Object readValue(ColumnCodec codec, TableSchema schema, int column) {
        int length = reader.readLength();
        int start = reader.position();
        reader.skip(length);
        try {
            return codec.decode(reader.buffer(), start, length);
        } catch (RuntimeException e) {
            throw UndecodableValue.exception(schema, column, "at LSN " + Lsn.toString(reader.lsn()), e);
        }
    }

    private void skipValue(TableSchema schema, int column, byte kind) {
        if (kind == 't' || kind == 'b') {
            reader.skip(reader.readLength());
        } else if (kind != 'n' && kind != 'u') {
            throw unexpectedKind(schema, column, kind);
        }
    }

    private RuntimeException unexpectedKind(TableSchema schema, int column, byte kind) {
        return reader.violation(
                "column " + schema.columns().get(column).name() + " of table " + schema.table()
                                + " comes in an unknown format (code " + (kind & 0xFF) + ")");
    }
}

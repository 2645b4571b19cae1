package io.pgcdc.pgoutput;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * Writes pgoutput messages as the server does. The static methods write whole messages; an instance writes field by
 * field, for messages that no server would send.
 */
final class PgOutputBytes {

    /** In a row: a column whose large value did not change. */
    static final Object UNCHANGED = new Object();

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream data = new DataOutputStream(bytes);

    private PgOutputBytes() {
    }

    /** In a row: a value in binary format. */
    record Binary(byte[] value) {
    }

    /** In a relation: a column. */
    record Column(int flags, String name, int typeOid, int typeModifier) {
    }

    static PgOutputBytes message(char kind) {
        return new PgOutputBytes().int8(kind);
    }

    static byte[] begin(long commitLsn, long micros, int xid) {
        return message('B').int64(commitLsn).int64(micros).int32(xid).bytes();
    }

    static byte[] commit(long commitLsn, long endLsn) {
        return message('C').int8(0).int64(commitLsn).int64(endLsn).int64(0).bytes();
    }

    static byte[] origin(long lsn, String name) {
        return message('O').int64(lsn).text(name).bytes();
    }

    static byte[] type(int oid, String schema, String name) {
        return message('Y').int32(oid).text(schema).text(name).bytes();
    }

    static byte[] relation(int oid, String schema, String name, char identity, Column... columns) {
        PgOutputBytes message = message('R').int32(oid).text(schema).text(name).int8(identity).int16(columns.length);
        for (Column column : columns) {
            message.int8(column.flags).text(column.name).int32(column.typeOid).int32(column.typeModifier);
        }
        return message.bytes();
    }

    static Column key(String name, int typeOid) {
        return new Column(1, name, typeOid, -1);
    }

    static Column column(String name, int typeOid) {
        return new Column(0, name, typeOid, -1);
    }

    /** A row, a key or an old row: text, {@code null}, {@link #UNCHANGED} or {@link Binary}. */
    static Object[] row(Object... values) {
        return values;
    }

    static byte[] insert(int oid, Object... row) {
        return message('I').int32(oid).tuple('N', row).bytes();
    }

    static byte[] update(int oid, Object... row) {
        return message('U').int32(oid).tuple('N', row).bytes();
    }

    static byte[] updateWithKey(int oid, Object[] oldKey, Object[] row) {
        return message('U').int32(oid).tuple('K', oldKey).tuple('N', row).bytes();
    }

    static byte[] updateWithOldRow(int oid, Object[] oldRow, Object[] row) {
        return message('U').int32(oid).tuple('O', oldRow).tuple('N', row).bytes();
    }

    static byte[] deleteByKey(int oid, Object... oldKey) {
        return message('D').int32(oid).tuple('K', oldKey).bytes();
    }

    static byte[] deleteWithOldRow(int oid, Object... oldRow) {
        return message('D').int32(oid).tuple('O', oldRow).bytes();
    }

    static byte[] truncate(int... oids) {
        return truncateWith(0, oids);
    }

    static byte[] truncateWith(int options, int... oids) {
        PgOutputBytes message = message('T').int32(oids.length).int8(options);
        for (int oid : oids) {
            message.int32(oid);
        }
        return message.bytes();
    }

    static byte[] logicalMessage(boolean transactional, long lsn, String prefix, byte[] content) {
        return message('M').int8(transactional ? 1 : 0).int64(lsn).text(prefix).int32(content.length).raw(content)
                .bytes();
    }

    PgOutputBytes int8(int value) {
        return write(() -> data.writeByte(value));
    }

    PgOutputBytes int16(int value) {
        return write(() -> data.writeShort(value));
    }

    PgOutputBytes int32(int value) {
        return write(() -> data.writeInt(value));
    }

    PgOutputBytes int64(long value) {
        return write(() -> data.writeLong(value));
    }

    PgOutputBytes raw(byte[] value) {
        return write(() -> data.write(value));
    }

    PgOutputBytes text(String value) {
        return raw(value.getBytes(StandardCharsets.UTF_8)).int8(0);
    }

    PgOutputBytes tuple(char part, Object... values) {
        int8(part).int16(values.length);
        for (Object value : values) {
            if (value == null) {
                int8('n');
            } else if (value == UNCHANGED) {
                int8('u');
            } else if (value instanceof Binary binary) {
                int8('b').int32(binary.value.length).raw(binary.value);
            } else {
                byte[] text = value.toString().getBytes(StandardCharsets.UTF_8);
                int8('t').int32(text.length).raw(text);
            }
        }
        return this;
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }

    private PgOutputBytes write(Write write) {
        try {
            write.run();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface Write {
        void run() throws IOException;
    }
}

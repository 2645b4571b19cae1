package io.pgcdc.torture;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Operation;
import io.pgcdc.model.Position;

/**
 * A row or change as the route got it, with its values as text ({@link ValueText}), on its way to the {@link Sink}.
 *
 * @param table  the name of its table, empty for what is about none
 * @param ofCopy whether it comes of a copy; a truncate then says that what was delivered is void
 * @param row    without the columns that were not sent
 * @param before the old row or key, {@code null} if none was sent
 */
record Delivered(Operation operation, String table, boolean ofCopy, Position position, Map<String, String> row,
        Map<String, String> before) {

    static Delivered of(ChangeEvent event) {
        return new Delivered(
                event.operation(), event.table() == null ? "" : event.table().name(),
                event.transaction().xid() == 0, event.position(), text(event),
                event.before() == null ? null : text(event.before()));
    }

    boolean isChange() {
        return switch (operation) {
            case INSERT, UPDATE, DELETE, TRUNCATE -> true;
            case READ, MESSAGE, SCHEMA, BEGIN, COMMIT, COPY_START, COPY_END -> false;
        };
    }

    void write(DataOutputStream out) throws IOException {
        out.writeByte(operation.ordinal());
        out.writeUTF(table);
        out.writeBoolean(ofCopy);
        out.writeLong(position.commitLsn());
        out.writeLong(position.ordinal());
        write(out, row);
        out.writeBoolean(before != null);
        if (before != null) {
            write(out, before);
        }
    }

    static Delivered read(DataInputStream in) throws IOException {
        Operation operation = Operation.values()[in.readByte()];
        String table = in.readUTF();
        boolean ofCopy = in.readBoolean();
        Position position = new Position(in.readLong(), in.readLong());
        Map<String, String> row = readRow(in);
        return new Delivered(operation, table, ofCopy, position, row, in.readBoolean() ? readRow(in) : null);
    }

    private static Map<String, String> text(Map<String, Object> values) {
        Map<String, String> text = new LinkedHashMap<>();
        values.forEach((column, value) -> text.put(column, ValueText.of(value)));
        return text;
    }

    private static void write(DataOutputStream out, Map<String, String> row) throws IOException {
        out.writeShort(row.size());
        for (Map.Entry<String, String> column : row.entrySet()) {
            out.writeUTF(column.getKey());
            out.writeBoolean(column.getValue() != null);
            if (column.getValue() != null) {
                byte[] value = column.getValue().getBytes(StandardCharsets.UTF_8);
                out.writeInt(value.length);
                out.write(value);
            }
        }
    }

    private static Map<String, String> readRow(DataInputStream in) throws IOException {
        Map<String, String> row = new LinkedHashMap<>();
        for (int columns = in.readShort(); columns > 0; columns--) {
            String column = in.readUTF().intern();
            row.put(column, in.readBoolean() ? new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8) : null);
        }
        return row;
    }

    /** Never a value. */
    @Override
    public String toString() {
        return operation.text() + " of " + table + " at " + position;
    }
}

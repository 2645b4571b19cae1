package io.pgcdc.routes.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.pgcdc.model.Column;
import io.pgcdc.model.ReplicaIdentity;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableRow;
import io.pgcdc.model.TableSchema;

/** The shape of a table as CBOR and back. */
final class CborShape {

    private CborShape() {
    }

    static byte[] write(TableSchema shape) {
        return Cbor.write(List.of(
                shape.table().schema(), shape.table().name(), shape.relationOid(),
                String.valueOf(shape.replicaIdentity().code()),
                shape.columns().stream().map(CborShape::described).toList()));
    }

    private static List<Object> described(Column column) {
        List<Object> parts = new ArrayList<>();
        parts.add(column.name());
        parts.add(column.typeOid());
        parts.add(column.typeName());
        parts.add(column.typeModifier());
        parts.add(column.nullable());
        parts.add(column.identity());
        parts.add(column.number());
        parts.add(column.defaultExpression());
        parts.add(column.missingValue());
        return parts;
    }

    /**
     * @throws IllegalArgumentException if the bytes were not made by {@link #write}
     */
    static TableSchema read(byte[] bytes) {
        try {
            List<?> parts = (List<?>) Cbor.read(bytes);
            List<Column> columns = ((List<?>) parts.get(4)).stream().map(column -> column((List<?>) column)).toList();
            return new TableSchema(
                    new TableId((String) parts.get(0), (String) parts.get(1)), (Long) parts.get(2),
                    ReplicaIdentity.of(((String) parts.get(3)).charAt(0)), columns);
        } catch (ClassCastException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("not the shape of a table: " + bytes.length + " bytes", e);
        }
    }

    private static Column column(List<?> parts) {
        return new Column(
                (String) parts.get(0), (Long) parts.get(1), (String) parts.get(2), (Integer) parts.get(3),
                (Boolean) parts.get(4), (Boolean) parts.get(5), (Integer) parts.get(6), (String) parts.get(7),
                (String) parts.get(8));
    }

    /** The values of a row in the places that a shape has for them. */
    static Object[] values(TableSchema shape, Map<?, ?> row) {
        Object[] values = new Object[shape.columns().size()];
        for (int i = 0; i < values.length; i++) {
            String name = shape.columns().get(i).name();
            values[i] = row.containsKey(name) ? row.get(name) : TableRow.ABSENT;
        }
        return values;
    }
}

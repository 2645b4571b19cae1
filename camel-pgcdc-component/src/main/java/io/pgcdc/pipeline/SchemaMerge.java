package io.pgcdc.pipeline;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.pgcdc.model.Column;
import io.pgcdc.model.ReplicaIdentity;
import io.pgcdc.model.TableSchema;

/**
 * Completes what a relation message says of a table with what the catalogue said before: names of types, nullability,
 * and the primary key where the message only flags the replica identity. What the stream says is never overridden.
 */
final class SchemaMerge {

    private SchemaMerge() {
    }

    /** The complete shape; the known one itself if nothing has changed. */
    static TableSchema merge(TableSchema announced, TableSchema known) {
        if (known == null) {
            return announced;
        }
        Map<String, Column> before = new HashMap<>();
        known.columns().forEach(column -> before.put(column.name(), column));
        boolean keyFromKnown = announced.replicaIdentity() == ReplicaIdentity.FULL
                || announced.replicaIdentity() == ReplicaIdentity.NOTHING;
        keyFromKnown &= known.hasKey() && known.columns().stream()
                .allMatch(column -> !column.identity() || announced.position(column.name()) >= 0);
        List<Column> columns = new ArrayList<>(announced.columns().size());
        for (Column column : announced.columns()) {
            Column old = before.get(column.name());
            boolean sameType = old != null && old.typeOid() == column.typeOid()
                    && old.typeModifier() == column.typeModifier();
            columns.add(new Column(
                    column.name(), column.typeOid(), sameType ? old.typeName() : column.typeName(),
                    column.typeModifier(), old == null || old.nullable(),
                    keyFromKnown ? old != null && old.identity() : column.identity()));
        }
        TableSchema merged
                = new TableSchema(announced.table(), announced.relationOid(), announced.replicaIdentity(), columns);
        return merged.equals(known) ? known : merged;
    }
}

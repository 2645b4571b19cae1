package io.pgcdc.routes.jdbc;

import java.util.List;

import io.pgcdc.model.Position;
import io.pgcdc.model.ReplicaIdentity;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableSchema;

/**
 * A table as the sink keeps it, and what of it is done.
 *
 * @param source   its name in the source
 * @param relation its number in the source's catalogue
 * @param origin   where its changes come from
 * @param target   its name in the destination
 * @param identity the replica identity that it has in the source
 * @param columns  its columns in the destination
 * @param since    the position of the first event that had this shape
 * @param version  counts the shapes
 * @param progress what is done
 */
record SinkTable(TableId source, long relation, Origin origin, TableId target, ReplicaIdentity identity,
        List<SinkColumn> columns, Position since, long version, Progress progress) {

    SinkTable {
        columns = List.copyOf(columns);
    }

    /** The columns that hold those of the source, in its order. */
    List<SinkColumn> live() {
        return columns.stream().filter(column -> !column.isKept()).toList();
    }

    /** The source's table as it is known here. */
    TableSchema shape() {
        return new TableSchema(source, relation, identity, live().stream().map(SinkColumn::source).toList());
    }

    boolean hasShapeOf(TableSchema other) {
        TableSchema shape = shape();
        boolean same = source.equals(other.table()) && shape.hasColumnsOf(other)
                && shape.hasUniqueKey() == other.hasUniqueKey() && shape.keySize() == other.keySize();
        for (int i = 0; same && i < shape.keySize(); i++) {
            same = shape.keyPosition(i) == other.keyPosition(i);
        }
        return same;
    }

    SinkTable with(Progress done) {
        return new SinkTable(source, relation, origin, target, identity, columns, since, version, done);
    }

    SinkTable with(Origin other) {
        return new SinkTable(source, relation, other, target, identity, columns, since, version, progress);
    }

    SinkTable with(List<SinkColumn> others) {
        return new SinkTable(source, relation, origin, target, identity, others, since, version + 1, progress);
    }

    /** The same table in the shape of an event. */
    SinkTable reshaped(TableSchema shape, TableId name, List<SinkColumn> others, Position at) {
        return new SinkTable(
                shape.table(), shape.relationOid(), origin, name, shape.replicaIdentity(), others, at, version + 1,
                progress);
    }
}

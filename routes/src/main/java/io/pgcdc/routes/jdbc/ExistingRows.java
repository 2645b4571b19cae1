package io.pgcdc.routes.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.Operation;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableSchema;
import io.pgcdc.routes.jdbc.dialect.ColumnType;
import io.pgcdc.routes.jdbc.dialect.Dialect;
import io.pgcdc.routes.jdbc.dialect.PortableValue;
import io.pgcdc.routes.jdbc.dialect.TargetTable;
import io.pgcdc.routes.jdbc.dialect.UnfitValueException;

/**
 * The rows that updates and deletes must find in a table of which no copy was seen: the source's was empty when the
 * pipeline began with it, so every row of it came as an insert. If one is not there the destination has lost what it
 * had, and goes on without a word that there is more. After a copy no such thing can be said: what follows one that was
 * broken off may be about rows that are gone since.
 */
final class ExistingRows {

    private ExistingRows() {
    }

    /**
     * The keys of these rows, or the rows themselves where there is no key.
     *
     * @param before what was done before the changes
     * @param todo   changes of rows before which everything is done
     */
    static List<List<Object>> of(Progress before, List<ChangeEvent> todo) {
        List<List<Object>> existing = new ArrayList<>();
        if (before.copyLsn() != null) {
            return existing;
        }
        Set<List<Object>> seen = new HashSet<>();
        for (ChangeEvent change : todo) {
            List<Object> key = key(change.tableSchema(), change);
            List<Object> oldKey = change.operation() == Operation.UPDATE && change.before() != null
                    ? key(change.tableSchema(), change.before()) : key;
            boolean isFirst = seen.add(oldKey);
            seen.add(key);
            boolean mayComeAgain = before.early() != null && change.position().compareTo(before.early()) <= 0;
            if (isFirst && !mayComeAgain && change.operation() != Operation.INSERT) {
                existing.add(oldKey);
            }
        }
        return existing;
    }

    private static List<Object> key(TableSchema shape, Map<String, Object> row) {
        return shape.columns().stream().filter(column -> column.identity() || !shape.hasUniqueKey())
                .map(column -> PortableValue.of(row.get(column.name()))).collect(Collectors.toList());
    }

    /** How many of these keys a table does not have. */
    static int missing(Connection connection, Dialect dialect, TargetTable table, List<List<Object>> keys)
            throws SQLException {
        if (keys.isEmpty()) {
            return 0;
        }
        List<ColumnType> types = table.key().stream().map(i -> table.columns().get(i).type()).toList();
        try (Statement statement = connection.createStatement()) {
            String stage = dialect.createStage(statement, types);
            try {
                dialect.load(connection, types, keys.stream().map(ExistingRows::staged).iterator());
            } catch (UnfitValueException e) {
                int column = table.key().get(e.column());
                throw new UnfitValueException(column, table.columns().get(column).type());
            }
            String matches = IntStream.range(0, types.size())
                    .mapToObj(i -> "t." + table.columns().get(table.key().get(i)).quoted() + " = s.c" + i)
                    .collect(Collectors.joining(" AND "));
            int missing;
            try (ResultSet row
                    = statement.executeQuery("SELECT count(*) FROM " + stage + " AS s WHERE NOT EXISTS (SELECT 1 FROM "
                                             + table.quoted() + " AS t WHERE " + matches + ")")) {
                row.next();
                missing = row.getInt(1);
            }
            statement.execute("DROP TABLE " + stage);
            return missing;
        }
    }

    private static Object[] staged(List<Object> key) {
        Object[] staged = new Object[2 + key.size()];
        staged[0] = 1;
        System.arraycopy(key.toArray(), 0, staged, 2, key.size());
        return staged;
    }

    /** @param changes those that did not find their rows, and others */
    static PgCdcException lost(TableId target, List<ChangeEvent> changes, int missing) {
        return new PgCdcException(
                ErrorCode.DESTINATION,
                "The destination's " + target + " lacks " + missing + " row(s) that changes of table " + changes.get(0).table()
                                       + " from LSN " + Lsn.toString(changes.get(0).lsn()) + " to "
                                       + Lsn.toString(changes.get(changes.size() - 1).lsn())
                                       + " are about, and that were delivered before: it, or what is stored of it, was lost",
                "Have the table copied again, and all others that the destination has lost: resyncTable. If the pipeline copies "
                                                                                                                              + "nothing (snapshotMode=never), set the sink's option acceptMissingRows=true");
    }
}

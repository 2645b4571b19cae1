package io.pgcdc.routes.jdbc;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableRow;
import io.pgcdc.model.TableSchema;
import io.pgcdc.routes.jdbc.dialect.ColumnType;
import io.pgcdc.routes.jdbc.dialect.Dialect;
import io.pgcdc.routes.jdbc.dialect.PortableValue;
import io.pgcdc.routes.jdbc.dialect.TargetTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes of a table with a key, folded so that each key comes once: as deleted, or as the row that it has in the end.
 * An update that changes the key deletes the old one.
 *
 * <p>
 * Values that PostgreSQL did not send, for they did not change, are taken from the row that the destination has: the
 * stage has its key behind the columns, and tells in {@code absent} which values they are.
 */
final class KeyedRows implements RowChanges {

    private static final Logger LOG = LoggerFactory.getLogger(KeyedRows.class);
    private static final Object ABSENT = TableRow.ABSENT;
    /** Before the columns in {@code absent}: the key itself had another row until now. */
    private static final String TAKEN = "!";

    private final TableId source;
    private final TargetTable table;
    private final Dialect dialect;
    private final Map<Object, Row> rows;
    /** Columns that are absent anywhere. */
    private final TreeSet<Integer> absent = new TreeSet<>();

    private static final class Row {
        private final Object[] values;
        private final Object[] origin;
        private final boolean deleted;
        private final boolean taken;

        private Row(Object[] values, Object[] origin, boolean deleted, boolean taken) {
            this.values = values;
            this.origin = origin;
            this.deleted = deleted;
            this.taken = taken;
        }
    }

    /** @param table its columns are those of the source, in the same order */
    KeyedRows(TableId source, TargetTable table, Dialect dialect, List<ChangeEvent> changes) {
        this.source = source;
        this.table = table;
        this.dialect = dialect;
        this.rows = new LinkedHashMap<>(changes.size() * 2);
        changes.forEach(this::add);
    }

    private void add(ChangeEvent change) {
        TableSchema shape = change.tableSchema();
        Object[] key = key(shape, change);
        switch (change.operation()) {
            case READ, INSERT -> put(key, values(change), null);
            case DELETE -> rows.put(hashed(key), new Row(key, null, true, false));
            case UPDATE -> update(change, key, change.before() == null ? key : key(shape, change.before()));
            default -> throw new IllegalArgumentException("no change of a row: " + change);
        }
    }

    private void update(ChangeEvent change, Object[] key, Object[] oldKey) {
        Object[] values = values(change);
        Object[] origin = null;
        if (isAnyAbsent(values)) {
            Row old = rows.get(hashed(oldKey));
            origin = oldKey;
            if (old != null && !old.deleted) {
                origin = old.origin;
                for (int i = 0; i < values.length; i++) {
                    values[i] = values[i] == ABSENT ? old.values[i] : values[i];
                }
            }
        }
        if (!Arrays.equals(key, oldKey)) {
            rows.put(hashed(oldKey), new Row(oldKey, null, true, false));
        }
        put(key, values, origin);
    }

    private void put(Object[] key, Object[] values, Object[] origin) {
        Object hashed = hashed(key);
        Row before = rows.get(hashed);
        rows.put(hashed, new Row(
                values, isAnyAbsent(values) ? origin : null, false, before != null && (before.deleted || before.taken)));
    }

    private boolean isAnyAbsent(Object[] values) {
        boolean any = false;
        for (int i = 0; i < values.length; i++) {
            if (values[i] == ABSENT) {
                absent.add(i);
                any = true;
            }
        }
        return any;
    }

    private static Object[] values(ChangeEvent change) {
        Object[] values = new Object[change.tableSchema().columns().size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = change.isPresent(i) ? PortableValue.of(change.value(i)) : ABSENT;
        }
        return values;
    }

    private static Object[] key(TableSchema shape, Map<String, Object> row) {
        Object[] key = new Object[shape.keySize()];
        for (int i = 0; i < key.length; i++) {
            key[i] = PortableValue.of(row.get(shape.columns().get(shape.keyPosition(i)).name()));
        }
        return key;
    }

    private static Object hashed(Object[] key) {
        return key.length == 1 ? key[0] : Arrays.asList(key);
    }

    @Override
    public List<ColumnType> stageColumns() {
        List<ColumnType> types = new ArrayList<>();
        table.columns().forEach(column -> types.add(column.type()));
        if (!absent.isEmpty()) {
            table.key().forEach(i -> types.add(table.columns().get(i).type()));
        }
        return types;
    }

    @Override
    public Iterator<Object[]> stageRows() {
        int columns = table.columns().size();
        Object[] staged = new Object[2 + columns + (absent.isEmpty() ? 0 : table.key().size())];
        Iterator<Row> all = rows.values().iterator();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return all.hasNext();
            }

            @Override
            public Object[] next() {
                Row row = all.next();
                Arrays.fill(staged, null);
                staged[0] = row.deleted ? 0 : 1;
                if (row.deleted) {
                    for (int i = 0; i < row.values.length; i++) {
                        staged[2 + table.key().get(i)] = row.values[i];
                    }
                } else {
                    stage(row, columns);
                }
                return staged;
            }

            private void stage(Row row, int columns) {
                System.arraycopy(row.values, 0, staged, 2, columns);
                if (row.origin != null) {
                    StringBuilder missing = new StringBuilder(row.taken ? TAKEN : "").append(',');
                    for (int i = 0; i < columns; i++) {
                        if (row.values[i] == ABSENT) {
                            missing.append(i).append(',');
                            staged[2 + i] = null;
                        }
                    }
                    staged[1] = missing.toString();
                    System.arraycopy(row.origin, 0, staged, 2 + columns, row.origin.length);
                }
            }
        };
    }

    @Override
    public void merge(Statement statement, String stage) throws SQLException {
        if (!absent.isEmpty()) {
            complete(statement, stage);
        }
        boolean deletes = rows.values().stream().anyMatch(row -> row.deleted);
        for (String sql : dialect.merge(table, stage, deletes)) {
            statement.execute(sql);
        }
    }

    /**
     * Fills in what was not sent. In a replay the row that has it may have got its key already. If there is none at
     * all, the row was deleted later on, or was never copied; a row that lacks values is not written.
     */
    private void complete(Statement statement, String stage) throws SQLException {
        String origin = originMatches();
        String none = "NOT EXISTS (SELECT 1 FROM " + table.quoted() + " AS t WHERE " + origin + ")";
        int columns = table.columns().size();
        List<String> own = new ArrayList<>();
        for (int i = 0; i < table.key().size(); i++) {
            own.add("c" + (columns + i) + " = c" + table.key().get(i));
        }
        statement.executeUpdate("UPDATE " + stage + " AS s SET " + String.join(", ", own)
                                + " WHERE s.absent LIKE ',%' AND " + none);
        int lost = statement.executeUpdate("DELETE FROM " + stage + " AS s WHERE s.absent IS NOT NULL AND " + none);
        if (lost > 0) {
            LOG.warn("Table {}: {} updated row(s) are not in {}, so values that PostgreSQL did not send with the update can't "
                     + "be told. They are left out; if that is not the replay after a crash, copy the table again: resyncTable",
                    source, lost, table.name());
        }
        for (int column : absent) {
            statement.executeUpdate("UPDATE " + stage + " AS s SET c" + column + " = (SELECT t."
                                    + table.columns().get(column).quoted() + " FROM " + table.quoted() + " AS t WHERE "
                                    + origin + ") WHERE s.absent LIKE '%," + column + ",%'");
        }
    }

    private String originMatches() {
        int columns = table.columns().size();
        List<Integer> key = table.key();
        return key.stream()
                .map(i -> "t." + table.columns().get(i).quoted() + " = s.c" + (columns + key.indexOf(i)))
                .collect(Collectors.joining(" AND "));
    }
}

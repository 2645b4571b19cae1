package io.pgcdc.routes.jdbc;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Column;
import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.Operation;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.routes.jdbc.dialect.ColumnType;
import io.pgcdc.routes.jdbc.dialect.Dialect;
import io.pgcdc.routes.jdbc.dialect.PortableValue;
import io.pgcdc.routes.jdbc.dialect.TargetTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes of a table without a key. Rows are appended. With REPLICA IDENTITY FULL rows may go, too: then one that is
 * equal in every column goes, whichever of several it is. Rows that came and went in the same changes do neither.
 */
final class UnkeyedRows implements RowChanges {

    private static final Logger LOG = LoggerFactory.getLogger(UnkeyedRows.class);

    private final List<ChangeEvent> changes;
    private final TargetTable table;
    private final Dialect dialect;
    /** How many more of each row there are in the end; {@code null} if rows only come. */
    private final Map<List<Object>, Integer> counts;
    private final int gone;
    private final boolean isComplete;

    /** @param isComplete whether every row that goes must be there, see {@link ExistingRows} */
    UnkeyedRows(TargetTable table, Dialect dialect, List<ChangeEvent> changes, boolean isComplete) {
        this.changes = changes;
        this.table = table;
        this.dialect = dialect;
        this.isComplete = isComplete;
        boolean onlyCome = changes.stream()
                .allMatch(change -> change.operation() == Operation.INSERT || change.operation() == Operation.READ);
        this.counts = onlyCome ? null : count(changes);
        this.gone = onlyCome ? 0 : -counts.values().stream().mapToInt(count -> Math.min(count, 0)).sum();
    }

    private static Map<List<Object>, Integer> count(List<ChangeEvent> changes) {
        Map<List<Object>, Integer> counts = new LinkedHashMap<>();
        for (ChangeEvent change : changes) {
            switch (change.operation()) {
                case READ, INSERT -> counts.merge(values(change, change), 1, Integer::sum);
                case DELETE -> counts.merge(values(change, change), -1, Integer::sum);
                case UPDATE -> {
                    counts.merge(values(change, change.before()), -1, Integer::sum);
                    counts.merge(values(change, change), 1, Integer::sum);
                }
                default -> throw new IllegalArgumentException("no change of a row: " + change);
            }
        }
        return counts;
    }

    private static List<Object> values(ChangeEvent change, Map<String, Object> row) {
        List<Column> columns = change.tableSchema().columns();
        List<Object> values = new ArrayList<>(columns.size());
        for (Column column : columns) {
            if (row == null || !row.containsKey(column.name())) {
                throw new PgCdcException(
                        ErrorCode.DESTINATION,
                        "Table " + change.table() + " has no key, and PostgreSQL did not send the whole row of the " + change,
                        "Give it a primary key, or run on the source: ALTER TABLE " + change.table().quoted()
                                                                                                                               + " REPLICA IDENTITY FULL");
            }
            values.add(PortableValue.of(row.get(column.name())));
        }
        return values;
    }

    @Override
    public List<ColumnType> stageColumns() {
        return table.columns().stream().map(column -> column.type()).toList();
    }

    @Override
    public Iterator<Object[]> stageRows() {
        if (counts == null) {
            return changes.stream().map(change -> staged(1, null, values(change, change))).iterator();
        }
        int[] number = { 0 };
        return counts.entrySet().stream()
                .flatMap(row -> {
                    int count = row.getValue();
                    return count < 0
                            ? IntStream.of(count).mapToObj(op -> staged(op, Integer.toString(number[0]++), row.getKey()))
                            : IntStream.range(0, count).mapToObj(i -> staged(1, null, row.getKey()));
                })
                .iterator();
    }

    private static Object[] staged(int op, String absent, List<Object> values) {
        Object[] staged = new Object[2 + values.size()];
        staged[0] = op;
        staged[1] = absent;
        System.arraycopy(values.toArray(), 0, staged, 2, values.size());
        return staged;
    }

    @Override
    public void merge(Statement statement, String stage) throws SQLException {
        if (gone > 0) {
            int deleted = statement.executeUpdate(dialect.deleteEqual(table, stage));
            if (deleted < gone && isComplete) {
                throw ExistingRows.lost(table.name(), changes, gone - deleted);
            }
            if (deleted < gone) {
                LOG.warn("Table {} has no key, and {} of {} rows that were to go are not there; copy it again: resyncTable",
                        table.name(), gone - deleted, gone);
            }
        }
        statement.executeUpdate(insert(table, stage) + " WHERE s.op = 1");
    }

    static String insert(TargetTable table, String stage) {
        String names = table.columns().stream().map(column -> column.quoted()).collect(Collectors.joining(", "));
        String values = IntStream.range(0, table.columns().size()).mapToObj(i -> "s.c" + i)
                .collect(Collectors.joining(", "));
        return "INSERT INTO " + table.quoted() + " (" + names + ") SELECT " + values + " FROM " + stage + " AS s";
    }
}

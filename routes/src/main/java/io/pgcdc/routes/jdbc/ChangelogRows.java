package io.pgcdc.routes.jdbc;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Column;
import io.pgcdc.model.Operation;
import io.pgcdc.model.Position;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableSchema;
import io.pgcdc.routes.jdbc.dialect.ColumnType;
import io.pgcdc.routes.jdbc.dialect.Dialect;
import io.pgcdc.routes.jdbc.dialect.PortableValue;
import io.pgcdc.routes.jdbc.dialect.TargetColumn;
import io.pgcdc.routes.jdbc.dialect.TargetTable;

/**
 * Changes as rows of a changelog: what was done, its event id, when it was committed, which values were not sent, and
 * the row. An update that changes the key is two rows of one event id, of which the first deletes the old key.
 */
final class ChangelogRows implements RowChanges {

    private static final String OPERATION = "_pgcdc_op";
    private static final String SEQUENCE = "_pgcdc_seq";
    private static final String COMMITTED = "_pgcdc_commit_ts";
    private static final String UNCHANGED = "_pgcdc_unchanged";
    static final Set<String> COLUMNS = Set.of(OPERATION, SEQUENCE, COMMITTED, UNCHANGED);

    private static final Column TIMESTAMP = new Column("", 1184, "timestamp with time zone", -1, true, false);

    private final TargetTable table;
    private final List<Object[]> rows = new ArrayList<>();
    private final boolean isInOrder;

    /**
     * @param table     {@link #withControlColumns}
     * @param isInOrder if not, the changes may be there already
     */
    ChangelogRows(TargetTable table, List<ChangeEvent> changes, boolean isInOrder) {
        this.table = table;
        this.isInOrder = isInOrder;
        changes.forEach(this::add);
    }

    /** A table was emptied, though nothing told so but the begin of a new copy. */
    static ChangelogRows ofNewCopy(TargetTable table, long copyLsn) {
        ChangelogRows rows = new ChangelogRows(table, List.of(), true);
        rows.row(Operation.TRUNCATE.text(), new Position(copyLsn, 0).eventId(), null, null, List.of(), null);
        return rows;
    }

    /** The table with the columns that tell of the change before its own. */
    static TargetTable withControlColumns(TableId name, List<TargetColumn> columns, Dialect dialect) {
        List<TargetColumn> all = new ArrayList<>();
        all.add(new TargetColumn(OPERATION, dialect.textType(true)));
        all.add(new TargetColumn(SEQUENCE, dialect.textType(true)));
        all.add(new TargetColumn(COMMITTED, dialect.typeOf(TIMESTAMP, false)));
        all.add(new TargetColumn(UNCHANGED, dialect.textType(false)));
        all.addAll(columns);
        return new TargetTable(dialect.catalogue(), name, all, List.of());
    }

    /** Removes the rows of a copy that were read again when it went on: of each key the last one stays. */
    static String deleteReadAgain(TargetTable table, TableSchema shape, long copyLsn) {
        String first = new Position(copyLsn, 0).eventId();
        String last = new Position(copyLsn, -1).eventId();
        StringBuilder sameKey = new StringBuilder();
        for (int i = 0; i < shape.keySize(); i++) {
            String column = table.columns().get(COLUMNS.size() + shape.keyPosition(i)).quoted();
            sameKey.append(" AND l.").append(column).append(" = o.").append(column);
        }
        String ofCopy = "%s." + quoted(OPERATION) + " = 'read' AND %<s." + quoted(SEQUENCE) + " BETWEEN '" + first + "' AND '"
                        + last + "'";
        return "DELETE FROM " + table.quoted() + " AS o WHERE " + ofCopy.formatted("o") + " AND EXISTS (SELECT 1 FROM "
               + table.quoted() + " AS l WHERE " + ofCopy.formatted("l") + " AND l." + quoted(SEQUENCE) + " > o."
               + quoted(SEQUENCE) + sameKey
               + ")";
    }

    private static String quoted(String column) {
        return TableId.quote(column);
    }

    private void add(ChangeEvent change) {
        TableSchema shape = change.tableSchema();
        String committed = change.transaction().commitTimestamp() == null
                ? null : change.transaction().commitTimestamp().toString();
        if (change.operation() == Operation.UPDATE && change.before() != null && hasOtherKey(shape, change)) {
            row(Operation.DELETE.text(), change.eventId(), committed, null, keyColumns(shape), change.before());
        }
        String unchanged = change.unchanged().isEmpty() ? null : String.join(",", change.unchanged());
        row(change.operation().text(), change.eventId(), committed, unchanged,
                change.operation().isRow() ? shape.columns() : List.of(), change);
    }

    private static boolean hasOtherKey(TableSchema shape, ChangeEvent change) {
        return shape.hasUniqueKey() && keyColumns(shape).stream().anyMatch(column -> column != null
                && !PortableValue.of(change.get(column.name())).equals(PortableValue.of(change.before().get(column.name()))));
    }

    /** The columns of the row, {@code null} for those that are not part of the key. */
    private static List<Column> keyColumns(TableSchema shape) {
        List<Column> columns = new ArrayList<>();
        shape.columns().forEach(column -> columns.add(column.identity() ? column : null));
        return columns;
    }

    private void row(
            String operation, String sequence, String committed, String unchanged, List<Column> columns,
            Map<String, Object> values) {
        Object[] row = new Object[2 + table.columns().size()];
        row[0] = 1;
        row[2] = operation;
        row[3] = sequence;
        row[4] = committed;
        row[5] = unchanged;
        for (int i = 0; i < columns.size(); i++) {
            row[2 + COLUMNS.size() + i] = columns.get(i) == null ? null : PortableValue.of(values.get(columns.get(i).name()));
        }
        rows.add(row);
    }

    @Override
    public List<ColumnType> stageColumns() {
        return table.columns().stream().map(TargetColumn::type).toList();
    }

    @Override
    public Iterator<Object[]> stageRows() {
        return rows.iterator();
    }

    @Override
    public void merge(Statement statement, String stage) throws SQLException {
        String missing = isInOrder
                ? "" : " WHERE NOT EXISTS (SELECT 1 FROM " + table.quoted() + " AS l WHERE l." + quoted(SEQUENCE)
                       + " = s.c1 AND l." + quoted(OPERATION) + " = s.c0)";
        statement.executeUpdate(UnkeyedRows.insert(table, stage) + missing);
    }
}

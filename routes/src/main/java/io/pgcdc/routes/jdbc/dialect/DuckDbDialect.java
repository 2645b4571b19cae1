package io.pgcdc.routes.jdbc.dialect;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;

import io.pgcdc.model.Column;
import io.pgcdc.model.TableId;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/**
 * DuckDB 1.4 and newer. Rows are loaded by an Appender and brought in by MERGE. An Appender takes part in a transaction
 * only if a statement came before it; making the stage is that statement.
 */
final class DuckDbDialect implements Dialect {

    private static final String STAGE = "temp.main.pgcdc_stage";

    @Override
    public String name() {
        return "DuckDB";
    }

    @Override
    public boolean isSingleWriter() {
        return true;
    }

    @Override
    public boolean ignoresCase() {
        return true;
    }

    @Override
    public void begin(Statement statement) {
        // nothing that values depend on
    }

    @Override
    public String forUpdate() {
        return "";
    }

    @Override
    public ColumnType typeOf(Column column, boolean key) {
        return DuckDbType.of(column);
    }

    @Override
    public ColumnType textType(boolean key) {
        return DuckDbType.TEXT;
    }

    @Override
    public ColumnType integerType() {
        return DuckDbType.INTEGER;
    }

    @Override
    public String createStage(Statement statement, List<ColumnType> columns) throws SQLException {
        statement.execute("CREATE OR REPLACE TEMP TABLE pgcdc_stage ("
                          + Statements.stage(columns, integerType(), textType(false)) + ")");
        return STAGE;
    }

    @Override
    public void load(Connection connection, List<ColumnType> columns, Iterator<Object[]> rows) throws SQLException {
        DuckDbType[] types = columns.toArray(DuckDbType[]::new);
        try (DuckDBAppender appender
                = connection.unwrap(DuckDBConnection.class).createAppender("temp", "main", "pgcdc_stage")) {
            while (rows.hasNext()) {
                append(appender, types, rows.next());
            }
            appender.flush();
        }
    }

    private static void append(DuckDBAppender appender, DuckDbType[] types, Object[] row) throws SQLException {
        appender.beginRow();
        appender.append((int) row[0]);
        appender.append((String) row[1]);
        for (int i = 0; i < types.length; i++) {
            Object value = row[i + 2];
            if (value == null) {
                appender.appendNull();
            } else {
                types[i].append(appender, value, i);
            }
        }
        appender.endRow();
    }

    /** By their text, which tells 0 from -0. */
    @Override
    public String deleteEqual(TargetTable table, String stage) {
        return Statements.deleteEqual(table, stage, "rowid", Statements.equalTexts(table));
    }

    /**
     * New columns and new names by ALTER TABLE. For the rest the table is written anew: DuckDB can't change the key,
     * nor the columns that an index stands behind.
     */
    @Override
    public List<String> reshape(TargetTable before, TargetTable after, List<Integer> origins, String keyConstraint) {
        return isRebuilt(before, after, origins) ? rebuild(before, after, origins) : alter(before, after, origins);
    }

    private static boolean isRebuilt(TargetTable before, TargetTable after, List<Integer> origins) {
        List<Integer> key = after.key().stream().map(origins::get).toList();
        boolean rebuilt = !key.equals(before.key()) || !before.name().schema().equals(after.name().schema());
        for (int i = 0; i < before.columns().size(); i++) {
            int now = origins.indexOf(i);
            rebuilt |= now < 0 || !after.columns().get(now).type().sql().equals(before.columns().get(i).type().sql());
        }
        for (int i = 0; i < after.columns().size(); i++) {
            String name = after.columns().get(i).name();
            int origin = origins.get(i);
            // a name that another column had until now
            rebuilt |= before.columns().stream().anyMatch(column -> column.name().equalsIgnoreCase(name)
                    && before.columns().indexOf(column) != origin);
        }
        return rebuilt;
    }

    private static List<String> alter(TargetTable before, TargetTable after, List<Integer> origins) {
        List<String> statements = new ArrayList<>();
        String table = before.quoted();
        if (!before.name().equals(after.name())) {
            statements.add("ALTER TABLE " + table + " RENAME TO " + TableId.quote(after.name().name()));
            table = after.quoted();
        }
        for (int i = 0; i < after.columns().size(); i++) {
            TargetColumn column = after.columns().get(i);
            TargetColumn origin = origins.get(i) < 0 ? null : before.columns().get(origins.get(i));
            if (origin == null) {
                statements.add("ALTER TABLE " + table + " ADD COLUMN " + column.quoted() + " " + column.type().sql());
            } else if (!origin.name().equals(column.name())) {
                statements.add("ALTER TABLE " + table + " RENAME COLUMN " + origin.quoted() + " TO " + column.quoted());
            }
        }
        return statements;
    }

    private static List<String> rebuild(TargetTable before, TargetTable after, List<Integer> origins) {
        TargetTable rebuilt = after.named(new TableId(after.name().schema(), "_pgcdc_rebuilt"));
        String values = origins.stream()
                .map(origin -> origin < 0 ? "NULL" : before.columns().get(origin).quoted())
                .collect(Collectors.joining(", "));
        List<String> statements = new ArrayList<>();
        statements.add(Statements.create(rebuilt));
        statements.add("INSERT INTO " + rebuilt.quoted() + " SELECT " + values + " FROM " + before.quoted());
        statements.add("DROP TABLE " + before.quoted());
        statements.add("ALTER TABLE " + rebuilt.quoted() + " RENAME TO " + TableId.quote(after.name().name()));
        return statements;
    }
}

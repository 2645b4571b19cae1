package io.pgcdc.routes.jdbc.dialect;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;

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

    private final String catalogue;

    /** @param catalogue the database's name, which that of a schema may be, too */
    DuckDbDialect(String catalogue) {
        this.catalogue = catalogue;
    }

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
    public String catalogue() {
        return catalogue;
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

    /** A key that changes from 0 to -0, which is equal, would be inserted and deleted by the same statement. */
    @Override
    public List<String> merge(TargetTable table, String stage, boolean deletes) {
        boolean hasTwoZeros = table.key().stream().map(i -> table.columns().get(i).type().sql())
                .anyMatch(type -> type.equals("DOUBLE") || type.equals("FLOAT"));
        return deletes && hasTwoZeros
                ? List.of(Statements.delete(table, stage), Statements.merge(table, stage))
                : List.of(Statements.merge(table, stage));
    }

    /**
     * New columns and new names by ALTER TABLE. For the rest the table is written anew: DuckDB can't change the key,
     * nor the columns that an index stands behind, nor the names of one that has indexes.
     */
    @Override
    public List<String> reshape(
            Connection connection, TargetTable before, TargetTable after, List<Integer> origins, String keyConstraint)
            throws SQLException {
        DuckDbExtras extras = DuckDbExtras.of(connection, before);
        return isRebuilt(before, after, origins) || extras.hasIndexes() && isRenamed(before, after, origins)
                ? rebuild(before, after, origins, extras, values(before, origins)) : alter(before, after, origins);
    }

    @Override
    public List<String> widen(Connection connection, TargetTable before, TargetTable after, int column) throws SQLException {
        List<Integer> origins = IntStream.range(0, before.columns().size()).boxed().toList();
        List<String> values = values(before, origins);
        values.set(column, portable(before.columns().get(column)));
        return rebuild(before, after, origins, DuckDbExtras.of(connection, before), values);
    }

    private static String portable(TargetColumn column) {
        String value = column.quoted();
        return switch (column.type().sql()) {
            case "TIMESTAMP" -> portable(value, value, "");
            case "TIMESTAMPTZ" -> portable(value, "make_timestamp(epoch_us(" + value + "))", "Z");
            // DuckDB leaves out a zero before the point.
            default -> "regexp_replace(CAST(" + value + " AS VARCHAR), '^(-?)\\.', '\\10.')";
        };
    }

    /** A year that has not four digits, or is before 1, has a sign. */
    private static String portable(String value, String utc, String zone) {
        return "CASE WHEN isinf(" + value + ") THEN CAST(" + value + " AS VARCHAR) ELSE (CASE WHEN year(" + utc
               + ") > 9999 THEN '+' WHEN year(" + utc + ") < 0 THEN '-' ELSE '' END) || printf('%04d', abs(year(" + utc
               + "))) || strftime(" + utc + ", '-%m-%dT%H:%M:%S') || rtrim(rtrim(strftime(" + utc + ", '.%f'), '0'), '.') || '"
               + zone + "' END";
    }

    private static boolean isRenamed(TargetTable before, TargetTable after, List<Integer> origins) {
        return !before.name().equals(after.name()) || IntStream.range(0, origins.size())
                .anyMatch(i -> origins.get(i) >= 0
                        && !before.columns().get(origins.get(i)).name().equals(after.columns().get(i).name()));
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

    private static List<String> values(TargetTable before, List<Integer> origins) {
        return new ArrayList<>(
                origins.stream()
                        .map(origin -> origin < 0 ? "NULL" : before.columns().get(origin).quoted()).toList());
    }

    /** @param values what each column of {@code after} gets */
    private static List<String> rebuild(
            TargetTable before, TargetTable after, List<Integer> origins, DuckDbExtras extras, List<String> values) {
        List<String> indexes = extras.indexesOn(after, origins);
        List<TargetColumn> columns = new ArrayList<>(after.columns());
        columns.addAll(extras.columns());
        List<String> all = new ArrayList<>(values);
        extras.columns().forEach(column -> all.add(column.quoted()));
        TargetTable rebuilt = new TargetTable(
                after.catalogue(), new TableId(after.name().schema(), "_pgcdc_rebuilt"), columns, after.key());
        List<String> statements = new ArrayList<>();
        statements.add(Statements.create(rebuilt));
        statements.add("INSERT INTO " + rebuilt.quoted() + " SELECT " + String.join(", ", all) + " FROM " + before.quoted());
        statements.add("DROP TABLE " + before.quoted());
        statements.add("ALTER TABLE " + rebuilt.quoted() + " RENAME TO " + TableId.quote(after.name().name()));
        statements.addAll(indexes);
        return statements;
    }
}

package io.pgcdc.routes.jdbc.dialect;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;

import io.pgcdc.model.Column;
import io.pgcdc.model.TableId;

/** H2 2.x. Its DDL commits, so a crash in the midst of a change of the shape may want the table copied again. */
final class H2Dialect implements Dialect {

    private static final String STAGE = "pgcdc_stage";

    @Override
    public String name() {
        return "H2";
    }

    @Override
    public boolean isSingleWriter() {
        return false;
    }

    @Override
    public boolean ignoresCase() {
        return false;
    }

    @Override
    public void begin(Statement statement) {
        // nothing that values depend on
    }

    @Override
    public String forUpdate() {
        return " FOR UPDATE";
    }

    @Override
    public ColumnType typeOf(Column column, boolean key) {
        return H2Type.of(column, key);
    }

    @Override
    public ColumnType textType(boolean key) {
        return key ? H2Type.KEY_TEXT : H2Type.TEXT;
    }

    @Override
    public ColumnType integerType() {
        return H2Type.INTEGER;
    }

    /** TRANSACTIONAL: the only tables that H2 makes without a commit. */
    @Override
    public String createStage(Statement statement, List<ColumnType> columns) throws SQLException {
        statement.execute("DROP TABLE IF EXISTS " + STAGE);
        statement.execute("CREATE LOCAL TEMPORARY TABLE " + STAGE + " ("
                          + Statements.stage(columns, integerType(), textType(true)) + ") NOT PERSISTENT TRANSACTIONAL");
        return STAGE;
    }

    @Override
    public void load(Connection connection, List<ColumnType> columns, Iterator<Object[]> rows) throws SQLException {
        String parameters = ", ?".repeat(columns.size());
        try (PreparedStatement insert
                = connection.prepareStatement("INSERT INTO " + STAGE + " VALUES (?, ?" + parameters + ")")) {
            while (rows.hasNext()) {
                Object[] row = rows.next();
                insert.setObject(1, row[0]);
                insert.setObject(2, row[1]);
                for (int i = 0; i < columns.size(); i++) {
                    Object value = row[i + 2];
                    insert.setObject(i + 3, value == null ? null : ((H2Type) columns.get(i)).jdbc(value, i));
                }
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    @Override
    public String deleteEqual(TargetTable table, String stage) {
        return Statements.deleteEqual(table, stage, "_rowid_", Statements.equalTexts(table));
    }

    /** H2 can't move a table to another schema: there it is written anew. */
    @Override
    public List<String> reshape(
            Connection connection, TargetTable before, TargetTable after, List<Integer> origins, String keyConstraint) {
        List<String> statements = new ArrayList<>();
        TargetTable moved = before;
        if (!before.name().equals(after.name())) {
            moved = before.named(after.name());
            if (before.name().schema().equals(after.name().schema())) {
                statements.add("ALTER TABLE " + before.quoted() + " RENAME TO " + TableId.quote(after.name().name()));
            } else {
                statements.add(Statements.create(moved));
                statements.add("INSERT INTO " + moved.quoted() + " SELECT "
                               + before.columns().stream().map(TargetColumn::quoted).collect(Collectors.joining(", "))
                               + " FROM " + before.quoted());
                statements.add("DROP TABLE " + before.quoted());
            }
        }
        statements.addAll(
                AlterColumns.of(moved.quoted(), moved, after, origins, keyConstraint, new AlterColumns.Syntax() {
                    @Override
                    public String rename(String from, String to) {
                        return "ALTER COLUMN " + from + " RENAME TO " + to;
                    }

                    @Override
                    public String retype(String column, ColumnType from, ColumnType type) {
                        // A large object is no number, but its text is.
                        return "ALTER COLUMN " + column + " SET DATA TYPE " + type.sql() + (from.equals(H2Type.TEXT)
                                ? " USING CAST(CAST(" + column + " AS VARCHAR) AS " + type.sql() + ")" : "");
                    }
                }));
        return statements;
    }

    @Override
    public List<String> widen(Connection connection, TargetTable before, TargetTable after, int column) {
        TargetColumn narrow = before.columns().get(column);
        return List.of("ALTER TABLE " + before.quoted() + " ALTER COLUMN " + narrow.quoted() + " SET DATA TYPE "
                       + after.columns().get(column).type().sql() + " USING " + portable(narrow));
    }

    /** A year that has not four digits, or is before 1, has a sign. */
    private static String portable(TargetColumn column) {
        String name = column.quoted();
        return switch (column.type().sql()) {
            case "DATE" -> "FORMATDATETIME(" + name + ", 'uuuu-MM-dd')";
            case "TIME(6)" -> withoutZeros("FORMATDATETIME(" + name + ", 'HH:mm:ss.SSSSSS')");
            case "TIME(6) WITH TIME ZONE" -> withoutZeros("FORMATDATETIME(" + name + ", 'HH:mm:ss.SSSSSS')")
                                             + " || FORMATDATETIME(" + name + ", 'xxxxx')";
            case "TIMESTAMP(6)" -> withoutZeros("FORMATDATETIME(" + name + ", 'uuuu-MM-dd''T''HH:mm:ss.SSSSSS')");
            case "TIMESTAMP(6) WITH TIME ZONE" -> withoutZeros(
                    "FORMATDATETIME(" + name + ", 'uuuu-MM-dd''T''HH:mm:ss.SSSSSS', 'en', 'UTC')")
                                                  + " || 'Z'";
            default -> "CAST(" + name + " AS VARCHAR)";
        };
    }

    private static String withoutZeros(String time) {
        return "TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM " + time + "))";
    }
}

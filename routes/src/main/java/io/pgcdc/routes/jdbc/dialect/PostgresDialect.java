package io.pgcdc.routes.jdbc.dialect;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.pgcdc.model.Column;
import io.pgcdc.model.TableId;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * PostgreSQL 14 and newer. The types of columns are those of the source. Rows are loaded by COPY and brought in by
 * {@code INSERT … ON CONFLICT}, which also those majors have that have no MERGE.
 */
final class PostgresDialect implements Dialect {

    private static final String STAGE = "pg_temp.pgcdc_stage";
    // Large enough that a message's head is nothing beside it.
    private static final int BUFFER = 1 << 16;

    @Override
    public String name() {
        return "PostgreSQL";
    }

    @Override
    public boolean isSingleWriter() {
        return false;
    }

    @Override
    public boolean ignoresCase() {
        return false;
    }

    /**
     * What input functions read a value by, and output functions compare it by, may differ between roles. What is
     * acknowledged must outlive a crash of the server, whatever the role or the database is set to.
     */
    @Override
    public void begin(Statement statement) throws SQLException {
        statement.execute("SET LOCAL lc_monetary = 'C'; SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL timezone = 'UTC';"
                          + " SET LOCAL xmloption = 'content'; SET LOCAL extra_float_digits = 1; SET LOCAL synchronous_commit = on");
    }

    @Override
    public String forUpdate() {
        return " FOR UPDATE";
    }

    @Override
    public ColumnType typeOf(Column column, boolean key) {
        return PostgresType.of(column);
    }

    @Override
    public ColumnType textType(boolean key) {
        return PostgresType.TEXT;
    }

    @Override
    public ColumnType integerType() {
        return PostgresType.INTEGER;
    }

    @Override
    public String createStage(Statement statement, List<ColumnType> columns) throws SQLException {
        statement.execute("CREATE TEMP TABLE pgcdc_stage (" + Statements.stage(columns, integerType(), textType(false))
                          + ") ON COMMIT DROP");
        return STAGE;
    }

    @Override
    public void load(Connection connection, List<ColumnType> columns, Iterator<Object[]> rows) throws SQLException {
        PostgresType[] types = types(columns);
        CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn("COPY " + STAGE + " FROM STDIN");
        try {
            StringBuilder text = new StringBuilder(BUFFER + BUFFER / 4);
            while (rows.hasNext()) {
                write(text, types, rows.next());
                if (text.length() >= BUFFER) {
                    flush(copy, text);
                }
            }
            flush(copy, text);
            copy.endCopy();
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }

    @Override
    public List<String> merge(TargetTable table, String stage, boolean deletes) {
        String delete = "DELETE FROM " + table.quoted() + " t USING " + stage + " s WHERE s.op = 0 AND "
                        + Statements.matches(table);
        String resolution = table.others().isEmpty()
                ? "NOTHING" : "UPDATE SET "
                              + Statements.each(
                                      table.others(), ", ",
                                      i -> Statements.quoted(table, i) + " = EXCLUDED." + Statements.quoted(table, i));
        String insert = "INSERT INTO " + table.quoted() + " (" + Statements.columns(table) + ") SELECT "
                        + Statements.stageColumns(table.columns().size()) + " FROM " + stage
                        + " s WHERE s.op = 1 ON CONFLICT ("
                        + Statements.each(table.key(), ", ", i -> Statements.quoted(table, i)) + ") DO " + resolution;
        return deletes ? List.of(delete, insert) : List.of(insert);
    }

    /** By their text: not every type has an equality, and that of some takes for equal what is not the same. */
    @Override
    public String deleteEqual(TargetTable table, String stage) {
        String ours = table.columns().stream().map(column -> "t." + column.quoted()).collect(Collectors.joining(", "));
        return Statements.deleteEqual(
                table, stage, "ctid",
                "ROW(" + ours + ")::text = ROW(" + Statements.stageColumns(table.columns().size()) + ")::text");
    }

    @Override
    public String truncate(TableId table) {
        return "TRUNCATE TABLE " + table.quoted();
    }

    @Override
    public List<String> reshape(
            Connection connection, TargetTable before, TargetTable after, List<Integer> origins, String keyConstraint) {
        List<String> statements = new ArrayList<>();
        String table = before.quoted();
        if (!before.name().schema().equals(after.name().schema())) {
            statements.add("ALTER TABLE " + table + " SET SCHEMA " + TableId.quote(after.name().schema()));
            table = new TableId(after.name().schema(), before.name().name()).quoted();
        }
        if (!before.name().name().equals(after.name().name())) {
            statements.add("ALTER TABLE " + table + " RENAME TO " + TableId.quote(after.name().name()));
            table = after.quoted();
        }
        statements.addAll(AlterColumns.of(table, before, after, origins, keyConstraint, new AlterColumns.Syntax() {
            @Override
            public String rename(String from, String to) {
                return "RENAME COLUMN " + from + " TO " + to;
            }

            @Override
            public String retype(String column, ColumnType from, ColumnType type) {
                return "ALTER COLUMN " + column + " TYPE " + type.sql() + " USING " + column + "::" + type.sql();
            }
        }));
        return statements;
    }

    @Override
    public boolean keepsValues(Column before, Column after) {
        return Conversions.keepValues(before, after)
                || PostgresType.isConvertedAlike(before) && PostgresType.isConvertedAlike(after);
    }

    private static PostgresType[] types(List<ColumnType> columns) {
        return IntStream.range(-2, columns.size())
                .mapToObj(i -> i < 0 ? PostgresType.TEXT : (PostgresType) columns.get(i))
                .toArray(PostgresType[]::new);
    }

    private static void write(StringBuilder text, PostgresType[] types, Object[] row) {
        for (int i = 0; i < row.length; i++) {
            if (i > 0) {
                text.append('\t');
            }
            if (row[i] == null) {
                text.append("\\N");
            } else {
                types[i].write(text, row[i]);
            }
        }
        text.append('\n');
    }

    private static void flush(CopyIn copy, StringBuilder text) throws SQLException {
        if (!text.isEmpty()) {
            byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
            copy.writeToCopy(bytes, 0, bytes.length);
            text.setLength(0);
        }
    }
}

package io.pgcdc.routes.jdbc.dialect;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableId;

/** What users have added to a table of DuckDB: columns, indexes and constraints that the sink knows nothing of. */
final class DuckDbExtras {

    /** @param columns names as the table has them; {@code null} if it is on more than columns */
    private record Index(String name, boolean isUnique, List<String> columns) {
    }

    private final TargetTable table;
    private final List<TargetColumn> columns = new ArrayList<>();
    private final List<Index> indexes = new ArrayList<>();
    private final List<String> constraints;

    private DuckDbExtras(TargetTable table, List<String> constraints) {
        this.table = table;
        this.constraints = constraints;
    }

    static DuckDbExtras of(Connection connection, TargetTable table) throws SQLException {
        DuckDbExtras extras = new DuckDbExtras(
                table, rows(
                        connection, "constraint_text FROM duckdb_constraints()", table,
                        " AND constraint_type NOT IN ('PRIMARY KEY', 'NOT NULL')").stream().map(row -> row.get(0)).toList());
        for (List<String> column : rows(connection, "column_name, data_type, column_default FROM duckdb_columns()", table,
                "")) {
            if (table.columns().stream().noneMatch(known -> known.name().equalsIgnoreCase(column.get(0)))) {
                String definition = column.get(1) + (column.get(2) == null ? "" : " DEFAULT " + column.get(2));
                extras.columns.add(new TargetColumn(column.get(0), () -> definition));
            }
        }
        for (List<String> index : rows(connection, "index_name, is_unique, expressions FROM duckdb_indexes()", table, "")) {
            extras.indexes.add(new Index(index.get(0), Boolean.parseBoolean(index.get(1)), extras.columnsOf(index.get(2))));
        }
        return extras;
    }

    private static List<List<String>> rows(Connection connection, String what, TargetTable table, String condition)
            throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                "SELECT " + what + " WHERE database_name = current_database() AND lower(schema_name) = lower(?)"
                                                                   + " AND lower(table_name) = lower(?)" + condition)) {
            query.setString(1, table.name().schema());
            query.setString(2, table.name().name());
            try (ResultSet row = query.executeQuery()) {
                List<List<String>> rows = new ArrayList<>();
                while (row.next()) {
                    List<String> values = new ArrayList<>();
                    for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                        values.add(row.getString(i));
                    }
                    rows.add(values);
                }
                return rows;
            }
        }
    }

    /** @param expressions as DuckDB prints them: {@code [id, '"a b"', '(lower(v))']} */
    private List<String> columnsOf(String expressions) {
        List<String> found = new ArrayList<>();
        for (String expression : expressions.substring(1, expressions.length() - 1).split(", ")) {
            Optional<String> column = named(expression);
            if (column.isEmpty()) {
                return null;
            }
            found.add(column.get());
        }
        return found;
    }

    private Optional<String> named(String expression) {
        String text = expression.startsWith("'") ? expression.substring(1, expression.length() - 1) : expression;
        List<TargetColumn> all = new ArrayList<>(table.columns());
        all.addAll(columns);
        return all.stream().filter(column -> text.equalsIgnoreCase(column.name()) || text.equals(column.quoted()))
                .map(TargetColumn::name).findFirst();
    }

    boolean hasIndexes() {
        return !indexes.isEmpty();
    }

    List<TargetColumn> columns() {
        return columns;
    }

    /**
     * The statements that make the indexes again on a table that was written anew.
     *
     * @throws PgCdcException if there is what can't be made again
     */
    List<String> indexesOn(TargetTable after, List<Integer> origins) {
        List<String> statements = new ArrayList<>();
        for (String constraint : constraints) {
            throw lost("the constraint " + constraint, "take it away");
        }
        for (Index index : indexes) {
            List<String> kept = new ArrayList<>();
            for (String column : index.columns() == null ? List.<String> of() : index.columns()) {
                kept.add(
                        columns.stream().anyMatch(own -> own.name().equals(column)) ? column : renamed(column, after, origins));
            }
            if (kept.isEmpty() || kept.contains(null)) {
                throw lost("the index " + index.name(), "DROP INDEX "
                                                        + table.quoted(new TableId(table.name().schema(), index.name())));
            }
            statements.add("CREATE " + (index.isUnique() ? "UNIQUE " : "") + "INDEX " + TableId.quote(index.name()) + " ON "
                           + after.quoted() + " (" + String.join(", ", kept.stream().map(TableId::quote).toList()) + ")");
        }
        return statements;
    }

    private String renamed(String column, TargetTable after, List<Integer> origins) {
        for (int i = 0; i < origins.size(); i++) {
            if (origins.get(i) >= 0 && table.columns().get(origins.get(i)).name().equals(column)) {
                return after.columns().get(i).name();
            }
        }
        return null;
    }

    private PgCdcException lost(String what, String remedy) {
        return new PgCdcException(
                ErrorCode.DESTINATION,
                "Table " + table.name() + " of the destination gets another shape, for which DuckDB has it written anew, and "
                                       + what + " of yours would be lost",
                "Run on the destination, and make it again later: " + remedy);
    }
}

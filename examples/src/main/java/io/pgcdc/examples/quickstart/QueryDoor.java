package io.pgcdc.examples.quickstart;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.HorizontalAlign;
import com.github.freva.asciitable.OverflowBehaviour;

/** Asks the DuckDB file while the route writes to it, and shows the answers. */
final class QueryDoor {

    private static final int MOST_ROWS = 40;
    private static final int WIDEST_COLUMN = 40;
    private static final String PROMPT = "duckdb> ";

    private final DuckDbFile file;

    QueryDoor(DuckDbFile file) {
        this.file = file;
    }

    /** What to tell where there is a keyboard. */
    static String hint() {
        return Terminal.isInteractive() ? ", Enter asks the file" : "";
    }

    /** Shows the answer to a query, or why there is none. */
    void ask(String sql) {
        try (Connection connection = file.connect(); Statement statement = connection.createStatement()) {
            statement.execute("SET search_path = '" + schemas(statement) + "'");
            if (statement.execute(sql)) {
                try (ResultSet rows = statement.getResultSet()) {
                    show(rows);
                }
            }
        } catch (SQLException e) {
            Terminal.say("%s", e.getMessage().replaceFirst("(?s)^Invalid Input Error: .*?\nError: ", ""));
        }
    }

    /** So that tables need no schema before their names. */
    private static String schemas(Statement statement) throws SQLException {
        StringJoiner schemas = new StringJoiner(",");
        try (ResultSet rows
                = statement.executeQuery("SELECT DISTINCT schema_name FROM duckdb_tables() WHERE schema_name <> 'pgcdc'")) {
            while (rows.next()) {
                schemas.add('"' + rows.getString(1).replace("\"", "\"\"").replace("'", "''") + '"');
            }
        }
        return schemas.length() == 0 ? "main" : schemas.toString();
    }

    /** Asks what is typed, until an empty line, the end of the input, or a stop. */
    void prompt(Keyboard keyboard, StopSignal stop) throws InterruptedException {
        Terminal.say("SQL for %s; an empty line goes back. Tables: SHOW ALL TABLES", file.path().getFileName());
        while (!stop.isWished()) {
            System.out.print(PROMPT);
            System.out.flush();
            String sql = keyboard.await(stop);
            if (sql == null || sql.isBlank()) {
                return;
            }
            ask(sql);
        }
    }

    private static void show(ResultSet rows) throws SQLException {
        ResultSetMetaData description = rows.getMetaData();
        List<Column> columns = new ArrayList<>();
        for (int i = 1; i <= description.getColumnCount(); i++) {
            boolean isNumber
                    = description.getColumnTypeName(i).matches("(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DECIMAL.*|DOUBLE|FLOAT)");
            columns.add(new Column()
                    .header(description.getColumnLabel(i))
                    .headerAlign(HorizontalAlign.LEFT)
                    .dataAlign(isNumber ? HorizontalAlign.RIGHT : HorizontalAlign.LEFT)
                    .maxWidth(WIDEST_COLUMN, OverflowBehaviour.ELLIPSIS_RIGHT));
        }
        List<String[]> shown = new ArrayList<>();
        long count = 0;
        for (; rows.next(); count++) {
            if (count < MOST_ROWS) {
                shown.add(texts(rows, columns.size()));
            }
        }
        Terminal.say("%s", AsciiTable.getTable(
                AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS, columns.toArray(new Column[0]), shown.toArray(new String[0][])));
        Terminal.say(count == 1 ? "%,d row" : count > MOST_ROWS ? "%,d rows, of which %d are shown" : "%,d rows", count,
                MOST_ROWS);
    }

    private static String[] texts(ResultSet rows, int columns) throws SQLException {
        String[] texts = new String[columns];
        for (int i = 0; i < columns; i++) {
            String text = rows.getString(i + 1);
            texts[i] = text == null ? "NULL" : text.replaceAll("\\p{Cntrl}", " ");
        }
        return texts;
    }
}

package io.pgcdc.routes.jdbc.dialect;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Statements that most databases understand alike. */
final class Statements {

    private Statements() {
    }

    /** Conditions or values for some columns, with something between them. */
    static String each(List<Integer> columns, String between, IntFunction<String> text) {
        return columns.stream().map(text::apply).collect(Collectors.joining(between));
    }

    static String columns(TargetTable table) {
        return table.columns().stream().map(TargetColumn::quoted).collect(Collectors.joining(", "));
    }

    static String quoted(TargetTable table, int column) {
        return table.columns().get(column).quoted();
    }

    static String matches(TargetTable table) {
        return each(table.key(), " AND ", i -> "t." + quoted(table, i) + " = s.c" + i);
    }

    static String stageColumns(int count) {
        return IntStream.range(0, count).mapToObj(i -> "s.c" + i).collect(Collectors.joining(", "));
    }

    /** Of SQL:2008, with the DELETE that most have added. */
    static String merge(TargetTable table, String stage) {
        String update = table.others().isEmpty()
                ? "" : " WHEN MATCHED THEN UPDATE SET "
                       + each(table.others(), ", ", i -> quoted(table, i) + " = s.c" + i);
        return "MERGE INTO " + table.quoted() + " AS t USING " + stage + " AS s ON " + matches(table)
               + " WHEN MATCHED AND s.op = 0 THEN DELETE" + update
               + " WHEN NOT MATCHED AND s.op = 1 THEN INSERT (" + columns(table) + ") VALUES ("
               + stageColumns(table.columns().size()) + ")";
    }

    /** Deletes what the stage has with {@code op} 0. */
    static String delete(TargetTable table, String stage) {
        return "DELETE FROM " + table.quoted() + " AS t WHERE EXISTS (SELECT 1 FROM " + stage + " AS s WHERE s.op = 0 AND "
               + matches(table) + ")";
    }

    /**
     * @param rowId what tells the rows of a table apart
     * @param equal the condition that a row of the table t is equal to one of the stage s
     */
    static String deleteEqual(TargetTable table, String stage, String rowId, String equal) {
        return "DELETE FROM " + table.quoted() + " WHERE " + rowId + " IN (SELECT id FROM (SELECT t." + rowId
               + " AS id, row_number() OVER (PARTITION BY s.absent ORDER BY t." + rowId + ") AS n, -s.op AS most FROM "
               + table.quoted() + " t JOIN " + stage + " s ON " + equal + " WHERE s.op < 0) AS equal_rows WHERE n <= most)";
    }

    /** The condition that a row of the table t has the same texts as one of the stage s. */
    static String equalTexts(TargetTable table) {
        return IntStream.range(0, table.columns().size())
                .mapToObj(i -> "CAST(t." + quoted(table, i) + " AS VARCHAR) IS NOT DISTINCT FROM CAST(s.c" + i + " AS VARCHAR)")
                .collect(Collectors.joining(" AND "));
    }

    /** CREATE TABLE with its primary key. */
    static String create(TargetTable table) {
        Stream<String> columns = table.columns().stream().map(column -> column.quoted() + " " + column.type().sql());
        Stream<String> key = table.hasKey()
                ? Stream.of("PRIMARY KEY (" + each(table.key(), ", ", i -> quoted(table, i)) + ")") : Stream.empty();
        return "CREATE TABLE " + table.quoted() + Stream.concat(columns, key).collect(Collectors.joining(", ", " (", ")"));
    }

    static String stage(List<ColumnType> columns, ColumnType integer, ColumnType text) {
        List<String> all = new ArrayList<>(List.of("op " + integer.sql(), "absent " + text.sql()));
        for (int i = 0; i < columns.size(); i++) {
            all.add("c" + i + " " + columns.get(i).sql());
        }
        return String.join(", ", all);
    }
}

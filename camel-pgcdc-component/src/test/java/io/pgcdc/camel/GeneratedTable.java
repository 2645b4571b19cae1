package io.pgcdc.camel;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.StringJoiner;

import io.pgcdc.camel.ColumnType.Scalar;
import io.pgcdc.model.TableId;

/**
 * A table that {@link GeneratedSchemas} made up, and the SQL that creates, fills, changes and alters it. Every
 * statement assumes that the ones before it were committed, but for the rows that they made.
 */
final class GeneratedTable {

    /** What identifies a row. */
    enum Identity {
        KEY,
        COMPOSITE_KEY,
        KEY_AND_FULL,
        INDEX,
        FULL,
        NOTHING
    }

    private static final ColumnType TEXT = new Scalar("text", "text", random -> "new " + random.nextInt(100));
    private static final String[] KEY_TYPES = { "bigint", "text", "uuid", "numeric", "timestamptz", "bytea" };
    /** So much that it is kept apart from the row. */
    private static final int LARGE = 3_000;

    private final Identity identity;
    private final String keyType;
    private final Map<String, ColumnType> columns = new LinkedHashMap<>();
    private TableId table;
    private String key;
    private String large;
    private long keys;
    private int alterations;

    /** @param names for columns: the key's, that of the large value, and those of the others */
    GeneratedTable(TableId table, Identity identity, List<String> names, List<ColumnType> types, Random random) {
        this.table = table;
        this.identity = identity;
        this.keyType = KEY_TYPES[random.nextInt(KEY_TYPES.length)];
        this.key = names.get(0);
        this.large = names.get(1);
        for (int i = 0; i < types.size(); i++) {
            columns.put(names.get(i + 2), types.get(i));
        }
    }

    /** Creates the table, with a column in front, one in the middle and one at the end that are dropped again. */
    List<String> create() {
        StringJoiner definitions = new StringJoiner(", ", "CREATE TABLE " + table.quoted() + " (", ")");
        definitions.add("gone1 int").add(quoted(large) + " text");
        columns.forEach((name, type) -> definitions.add(quoted(name) + " " + type.sql()));
        definitions.add("gone2 text DEFAULT 'x'").add(quoted(key) + " " + keyType + " NOT NULL")
                .add("part int NOT NULL DEFAULT 0");
        definitions.add("gone3 int");
        List<String> sql = new ArrayList<>();
        sql.add(definitions.toString());
        sql.add(alter("ALTER " + quoted(large) + " SET STORAGE EXTERNAL"));
        switch (identity) {
            case KEY -> sql.add(alter("ADD PRIMARY KEY (" + quoted(key) + ")"));
            case COMPOSITE_KEY -> sql.add(alter("ADD PRIMARY KEY (part, " + quoted(key) + ")"));
            case KEY_AND_FULL -> sql.add(alter("ADD PRIMARY KEY (" + quoted(key) + "), REPLICA IDENTITY FULL"));
            case INDEX -> {
                sql.add("CREATE UNIQUE INDEX \"by key\" ON " + table.quoted() + " (" + quoted(key) + ", part)");
                sql.add(alter("REPLICA IDENTITY USING INDEX \"by key\""));
                sql.add("ALTER INDEX " + new TableId(table.schema(), "by key").quoted() + " RENAME TO "
                        + quoted("by key " + Integer.toHexString(table.hashCode())));
            }
            case FULL -> sql.add(alter("REPLICA IDENTITY FULL"));
            case NOTHING -> {
            }
        }
        sql.add(alter("DROP gone1, DROP gone2, DROP gone3"));
        return sql;
    }

    String insert(Random random) {
        StringJoiner names = new StringJoiner(", ", "INSERT INTO " + table.quoted() + " (", ")");
        StringJoiner values = new StringJoiner(", ", " VALUES (", ")");
        names.add(quoted(key)).add("part").add(quoted(large));
        values.add(newKey()).add("" + random.nextInt(3)).add(random.nextBoolean() ? "NULL" : large(random));
        columns.forEach((name, type) -> {
            names.add(quoted(name));
            values.add(BuiltInTypes.value(type, random));
        });
        return names.toString() + values;
    }

    /** A change of a few rows, or of all by a truncate. PostgreSQL refuses some of a table without identity. */
    String change(Random random) {
        if (random.nextInt(60) == 0) {
            return "TRUNCATE " + table.quoted();
        }
        return switch (random.nextInt(16)) {
            case 0, 1, 2, 3, 4, 5 -> insert(random);
            case 6, 7, 8, 9, 10, 11, 12 -> update(random) + rows(random, 1 + random.nextInt(3));
            case 13 -> "UPDATE " + table.quoted() + " SET " + quoted(key) + " = " + newKey() + ", part = 7" + rows(random, 1);
            default -> "DELETE FROM " + table.quoted() + rows(random, 1 + random.nextInt(2));
        };
    }

    private String update(Random random) {
        StringJoiner set = new StringJoiner(", ", "UPDATE " + table.quoted() + " SET ", "");
        if (columns.isEmpty() || random.nextInt(4) == 0) {
            set.add(quoted(large) + " = " + large(random));
        }
        columns.forEach((name, type) -> {
            if (random.nextInt(4) == 0) {
                set.add(quoted(name) + " = " + BuiltInTypes.value(type, random));
            }
        });
        return set.length() > ("UPDATE " + table.quoted() + " SET ").length()
                ? set.toString() : set.add("part = part").toString();
    }

    /** Alters the table, and writes a row, for a new shape is told with a row. */
    List<String> alter(Random random) {
        String name = "new \"" + alterations++ + "\" column";
        String some = random.nextInt(4) == 0 || columns.isEmpty() ? null : new ArrayList<>(columns.keySet()).get(0);
        List<String> sql = new ArrayList<>();
        switch (random.nextInt(5)) {
            case 0 -> {
                sql.add(alter("ADD " + quoted(name) + " text" + (random.nextBoolean() ? "" : " DEFAULT 'it''s new'")));
                columns.put(name, TEXT);
            }
            case 1 -> {
                if (some == null) {
                    sql.add(alter("RENAME " + quoted(key) + " TO " + quoted(name)));
                    key = name;
                } else {
                    sql.add(alter("RENAME " + quoted(some) + " TO " + quoted(name)));
                    columns.put(name, columns.remove(some));
                }
            }
            case 2 -> {
                if (some != null) {
                    sql.add(alter("DROP " + quoted(some)));
                    columns.remove(some);
                }
            }
            case 3 -> {
                sql.add(alter("RENAME TO " + quoted(alterations + table.name().substring(table.name().length() / 2))));
                table = new TableId(table.schema(), alterations + table.name().substring(table.name().length() / 2));
            }
            default -> {
                sql.add(alter("ADD " + quoted(name) + " text, DROP " + quoted(large)));
                large = name;
                sql.add(alter("ALTER " + quoted(large) + " SET STORAGE EXTERNAL"));
            }
        }
        sql.add(insert(random));
        return sql;
    }

    private String alter(String what) {
        return "ALTER TABLE " + table.quoted() + " " + what;
    }

    private String newKey() {
        long number = ++keys;
        return switch (keyType) {
            case "text" -> "'schlüssel " + number + "'";
            case "uuid" -> "md5('" + number + "')::uuid";
            case "timestamptz" -> "timestamptz '1999-12-31 23:59+00' + interval '" + number + " seconds'";
            case "bytea" -> "int8send(" + number + ")";
            case "numeric" -> number + ".50";
            default -> Long.toString(number);
        };
    }

    private static String large(Random random) {
        return "repeat('" + (char) ('a' + random.nextInt(26)) + "é', " + LARGE + ")";
    }

    private String rows(Random random, int count) {
        return " WHERE ctid = ANY (ARRAY(SELECT ctid FROM " + table.quoted() + " OFFSET " + random.nextInt(15) + " LIMIT "
               + count
               + "))";
    }

    private static String quoted(String name) {
        return TableId.quote(name);
    }
}

package io.pgcdc.torture;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** The tables under torture: what {@link Generator} writes and {@link TableModel} keeps. */
enum TortureTable {

    /** An ordinary key, one of every kind of value, and a column that is stored out of line. */
    CUSTOMERS(List.of("id"), true, """
            CREATE TABLE customers (id bigint PRIMARY KEY, name text, balance numeric(20,6), doc jsonb, at timestamptz,
                                    big text)""",
              "ALTER TABLE customers ALTER big SET STORAGE EXTERNAL",
              """
                      INSERT INTO customers SELECT i, 'planted-value name ' || i, i / 7.0, jsonb_build_object('planted-value', i), clock_timestamp(),
                             CASE WHEN i % 5 = 0 THEN repeat(md5(i::text), 100) END FROM generate_series(1, 4000) i"""),

    /** A key of two columns. */
    ORDERS(List.of("region", "id"), true, """
            CREATE TABLE orders (region text, id bigint, amount numeric, note text, at timestamptz,
                                 PRIMARY KEY (region, id))""",
           """
                   INSERT INTO orders SELECT 'planted-value r' || i % 4, i, i * 1.10, 'planted-value note ' || i, clock_timestamp()
                     FROM generate_series(1, 15000) i"""),

    /** No key, replica identity FULL. The rows have an id all the same, which the model goes by. */
    NOTES(List.of("id"), false, "CREATE TABLE notes (id bigint, note text, doc jsonb, amount numeric)",
          "CREATE INDEX ON notes (id)",
          "ALTER TABLE notes REPLICA IDENTITY FULL",
          """
                  INSERT INTO notes SELECT i, 'planted-value note ' || i, jsonb_build_array(i, NULL, 'x'), i / 3.0
                    FROM generate_series(1, 1000) i"""),

    /** Partitioned, published as its root. */
    PARTS(List.of("id"), true, """
            CREATE TABLE parts (id bigint PRIMARY KEY, note text, amount numeric) PARTITION BY HASH (id)""",
          "CREATE TABLE parts_0 PARTITION OF parts FOR VALUES WITH (MODULUS 3, REMAINDER 0)",
          "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES WITH (MODULUS 3, REMAINDER 1)",
          "CREATE TABLE parts_2 PARTITION OF parts FOR VALUES WITH (MODULUS 3, REMAINDER 2)",
          "INSERT INTO parts SELECT i, 'planted-value part ' || i, i FROM generate_series(1, 3000) i"),

    /** Truncated now and then. */
    SCRATCH(List.of("id"), true, "CREATE TABLE scratch (id bigint PRIMARY KEY, note text)",
            "INSERT INTO scratch SELECT i, 'planted-value scratch ' || i FROM generate_series(1, 200) i"),

    /**
     * No key, only inserts: the last row of each transaction, with the number of the transaction among its writer's,
     * and how many changes it made. So that a gap can be seen, and a part of a transaction that is missing.
     */
    LEDGER(List.of("writer", "seq"), false, """
            CREATE TABLE ledger (writer integer, seq bigint, changes integer, at timestamptz DEFAULT clock_timestamp())""",
           "INSERT INTO ledger SELECT 0, i, 0 FROM generate_series(1, 500) i");

    static final String PUBLICATION = "torture";
    /** What many values contain, for nobody to tell. */
    static final String PLANTED = "planted-value";
    /** Gives a table a column of a type that only its text is read of. */
    static final String AS_TEXT = "ALTER TABLE notes ADD COLUMN origin inet DEFAULT '10.0.0.1'";

    private final List<String> identity;
    private final boolean keyed;
    private final List<String> statements;

    TortureTable(List<String> identity, boolean keyed, String... statements) {
        this.identity = identity;
        this.keyed = keyed;
        this.statements = List.of(statements);
    }

    /** What makes the tables, fills them, and publishes them. */
    static String[] create() {
        List<String> names = Arrays.stream(values()).map(TortureTable::sqlName).toList();
        return Stream.concat(
                Arrays.stream(values()).flatMap(table -> table.statements.stream()),
                Stream.of("CREATE PUBLICATION " + PUBLICATION + " FOR TABLE " + String.join(", ", names)
                          + " WITH (publish_via_partition_root = true)"))
                .toArray(String[]::new);
    }

    static TortureTable of(String sqlName) {
        return valueOf(sqlName.toUpperCase(Locale.ROOT));
    }

    String sqlName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether it has a key. Without one, an interrupted copy starts over and rows may come twice. */
    boolean keyed() {
        return keyed;
    }

    /** The values that tell a row from all others. */
    List<String> identityOf(Map<String, String> row) {
        return identity.stream().map(row::get).toList();
    }

    boolean hasIdentity(Map<String, String> row) {
        return identity.stream().allMatch(column -> row.get(column) != null);
    }

    static Map<String, TortureTable> byName() {
        Map<String, TortureTable> tables = new LinkedHashMap<>();
        Arrays.stream(values()).forEach(table -> tables.put(table.sqlName(), table));
        return tables;
    }
}

package io.pgcdc.camel;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.pgcdc.camel.ColumnType.Scalar;
import io.pgcdc.camel.GeneratedTable.Identity;
import io.pgcdc.model.TableId;
import io.pgcdc.testing.TestDatabase;
import io.pgcdc.types.RandomText;

/**
 * Makes up schemas by a seed: tables with columns of every built-in type and of its arrays, all kinds of identities,
 * and names that have to be quoted.
 */
final class GeneratedSchemas {

    private static final List<String> SCHEMAS = List.of("Mixed Case", "quo\"te'd", "größe 表 😀", "s".repeat(63));
    private static final List<String> NAMES = List.of(
            "order", "MixedCase", "with blanks", " blanks around ", "quo\"te\"d", "it's", "do.t", "back\\slash\\n",
            "new\nline\ttab", "größe 表", "😀", "n".repeat(63), "ü".repeat(31) + "x", "a,b{}[]", "${body} %s :id ? $1 {fn x()}",
            "NULL", "-- none", "*");
    private static final int ROWS = 15;
    private static final int WIDE = 400;

    private final Random random;
    private final Iterator<ColumnType> types;
    private final ColumnType number;

    private GeneratedSchemas(Random random, int major) {
        this.random = random;
        RandomText texts = new RandomText(random, major);
        this.number = new Scalar("int2", "int2", any -> texts.of("int2"));
        List<ColumnType> all = new ArrayList<>(BuiltInTypes.columns(texts).values());
        Collections.shuffle(all, random);
        this.types = Stream.generate(() -> all).flatMap(List::stream).iterator();
    }

    /** Makes the schemas, their tables and some rows. */
    static List<GeneratedTable> create(TestDatabase database, Random random) throws SQLException {
        return new GeneratedSchemas(random, database.server().major()).create(database);
    }

    private List<GeneratedTable> create(TestDatabase database) throws SQLException {
        List<GeneratedTable> tables = new ArrayList<>();
        try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
            statement.execute("SET lc_monetary = 'C'");
            connection.setAutoCommit(false);
            for (String sql : BuiltInTypes.REFERENCES) {
                statement.execute(sql);
            }
            // The one that values of type regclass name.
            create(statement, new TableId("public", "random_values"), Identity.KEY_AND_FULL, 120);
            for (String schema : SCHEMAS) {
                statement.execute("CREATE SCHEMA " + TableId.quote(schema));
                for (String name : NAMES) {
                    Identity identity = Identity.values()[tables.size() % Identity.values().length];
                    tables.add(create(statement, new TableId(schema, name), identity, random.nextInt(9)));
                }
            }
            tables.add(fill(statement, new GeneratedTable(
                    new TableId("public", "wide"), Identity.KEY, names(WIDE), Collections.nCopies(WIDE, number), random)));
            connection.commit();
        }
        return tables;
    }

    private GeneratedTable create(Statement statement, TableId table, Identity identity, int columns) throws SQLException {
        return fill(statement, new GeneratedTable(
                table, identity, names(columns), Stream.generate(types::next).limit(columns).toList(), random));
    }

    private GeneratedTable fill(Statement statement, GeneratedTable table) throws SQLException {
        for (String sql : table.create()) {
            statement.execute(sql);
        }
        for (int i = 0; i < ROWS; i++) {
            statement.execute(table.insert(random));
        }
        return table;
    }

    private List<String> names(int columns) {
        List<String> names = new ArrayList<>(NAMES);
        Collections.shuffle(names, random);
        IntStream.range(names.size(), columns + 2).forEach(i -> names.add("c" + i));
        return names;
    }
}

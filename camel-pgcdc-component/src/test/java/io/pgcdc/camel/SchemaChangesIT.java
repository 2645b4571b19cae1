package io.pgcdc.camel;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Column;
import io.pgcdc.model.Operation;
import io.pgcdc.model.SchemaChange;
import io.pgcdc.model.SchemaChangeEvent;
import io.pgcdc.pipeline.PipelineStatus;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.Exchange;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A table's new shape is told once, exactly, by a user without any special right, before the first row that has it, and
 * rows from before have the shape of their time.
 */
@PostgresTest
class SchemaChangesIT {

    /** What is done to a table {@code T (id bigint PRIMARY KEY, a int, b text)}, what is told, and the next insert. */
    private record Case(String sql, String told, String insert) {

        private Case(String sql, String told) {
            this(sql, told, "INSERT INTO T (id) VALUES (2)");
        }
    }

    private static final String REPLACED = "ALTER TABLE T DROP COLUMN b; ALTER TABLE T ADD COLUMN b text";

    private static final List<Case> CASES = List.of(
            new Case("ALTER TABLE T ADD COLUMN c int DEFAULT 5", "added c"),
            new Case("ALTER TABLE T ADD COLUMN c int GENERATED ALWAYS AS (a + 1) STORED", ""),
            new Case("ALTER TABLE T DROP COLUMN a", "dropped a"),
            new Case("ALTER TABLE T RENAME COLUMN a TO x", "renamed a to x"),
            new Case("ALTER TABLE T RENAME COLUMN b TO x", "renamed b to x"),
            new Case(
                    "ALTER TABLE T RENAME COLUMN a TO x; ALTER TABLE T RENAME COLUMN b TO a; ALTER TABLE T RENAME COLUMN x TO b",
                    "renamed a to b, renamed b to a"),
            new Case(REPLACED, "added b, dropped b"),
            new Case("ALTER TABLE T ALTER COLUMN a TYPE bigint", "type of a"),
            new Case("ALTER TABLE T ALTER COLUMN b TYPE varchar(20)", "type of b"),
            new Case("ALTER TABLE T ALTER COLUMN a SET DEFAULT 7", "default of a"),
            new Case(
                    "ALTER TABLE T ALTER COLUMN a SET NOT NULL", "nullability of a", "INSERT INTO T (id, a) VALUES (2, 2)"),
            new Case("ALTER TABLE T RENAME TO R", "table is R now", "INSERT INTO R (id) VALUES (2)"),
            new Case("ALTER TABLE T SET SCHEMA other", "table is other.T now", "INSERT INTO other.T (id) VALUES (2)"),
            new Case(
                    "ALTER TABLE T DROP CONSTRAINT T_pkey, ADD PRIMARY KEY (id, a)", "nullability of a, key",
                    "INSERT INTO T (id, a) VALUES (2, 2)"),
            new Case("ALTER TABLE T REPLICA IDENTITY FULL", "replica identity"),
            new Case(
                    "ALTER TABLE T DROP CONSTRAINT T_pkey; ALTER TABLE T REPLICA IDENTITY FULL", "key, replica identity",
                    "INSERT INTO T (id) VALUES (2)"),
            new Case(
                    "ALTER TABLE T ADD COLUMN c int; ALTER TABLE T RENAME COLUMN b TO x; ALTER TABLE T DROP COLUMN a;"
                     + "ALTER TABLE T RENAME TO R",
                    "added c, dropped a, renamed b to x, table is R now", "INSERT INTO R (id, x, c) VALUES (2, 'x', 1)"),
            new Case("ANALYZE T", ""), new Case("CREATE INDEX ON T (a)", ""), new Case("VACUUM FULL T", ""));

    private final Map<Long, List<String>> seen = new ConcurrentHashMap<>();
    private final List<ChangeEvent> events = Collections.synchronizedList(new ArrayList<>());

    @Test
    void while_the_route_runs(TestDatabase database) throws Exception {
        create(database);
        try (RouteUnderTest route = start(database, "")) {
            route.awaitReady();
            CASES.forEach(each -> database.execute(sql(each, "INSERT INTO T (id, a) VALUES (1, 1)")));
            CASES.forEach(each -> change(database, each));
            CASES.forEach(each -> database.execute(sql(each, each.insert)));
            CASES.forEach(each -> database.execute(sql(each, each.insert.replace("(2", "(3"))));
            route.awaitCaughtUp();
        }
        assertThat(told()).isEqualTo(expected("read [id, a, b]; insert 1 [id, a, b]; ", "insert 3"));
    }

    @Test
    void with_the_old_and_the_new_rows_in_a_backlog(TestDatabase database) throws Exception {
        create(database);
        try (RouteUnderTest route = start(database, "")) {
            route.awaitReady();
        }
        CASES.forEach(each -> database.execute(sql(each, "INSERT INTO T (id, a) VALUES (1, 1)")));
        CASES.forEach(each -> change(database, each));
        CASES.forEach(each -> database.execute(sql(each, each.insert)));
        try (RouteUnderTest route = start(database, "")) {
            route.awaitReady();
            CASES.forEach(each -> database.execute(sql(each, each.insert.replace("(2", "(3"))));
            route.awaitReady();
            route.awaitCaughtUp();
        }
        Map<String, String> told = told();
        Map<String, String> expected = expected("read [id, a, b]; insert 1 [id, a, b]; ", "insert 3");
        expected.remove(REPLACED);
        assertThat(told.remove(REPLACED)).as("copied anew")
                .startsWith("read [id, a, b]; schema: added b, dropped b; truncate null []; read [id, a, b]; ");
        assertThat(told).isEqualTo(expected);
    }

    @Test
    void between_two_runs(TestDatabase database) throws Exception {
        create(database);
        try (RouteUnderTest route = start(database, "")) {
            route.awaitReady();
        }
        CASES.forEach(each -> change(database, each));
        try (RouteUnderTest route = start(database, "")) {
            route.awaitReady();
            CASES.forEach(each -> database.execute(sql(each, each.insert)));
            route.awaitCaughtUp();
        }
        assertThat(told()).isEqualTo(expected("read [id, a, b]; ", null));
    }

    @Test
    void the_exchange_has_the_change_as_an_object_and_in_plain_words(TestDatabase database) throws Exception {
        List<Exchange> exchanges = Collections.synchronizedList(new ArrayList<>());
        database.execute("CREATE TABLE t (id bigint PRIMARY KEY, a int, b text)", "CREATE PUBLICATION mypub FOR TABLE t");
        try (RouteUnderTest route = RouteUnderTest.start(database, "", exchange -> exchanges.add(exchange.copy()))) {
            route.awaitReady();
            database.execute(
                    "ALTER TABLE t RENAME COLUMN b TO note; ALTER TABLE t DROP COLUMN a; "
                             + "ALTER TABLE t ADD COLUMN c numeric(5,2) NOT NULL DEFAULT 1.5",
                    "ALTER TABLE t RENAME TO u", "INSERT INTO u VALUES (1, 'x')");
            route.awaitCaughtUp();
        }
        Exchange schema = exchanges.get(0);
        assertThat(schema.getIn().getHeader(PgCdcConstants.OPERATION)).isEqualTo("schema");
        assertThat(schema.getIn().getHeader(PgCdcConstants.TABLE)).isEqualTo("u");
        SchemaChange change = schema.getIn().getHeader(PgCdcConstants.SCHEMA_CHANGE, SchemaChange.class);
        assertThat(change.before().columns()).extracting(Column::name).containsExactly("id", "a", "b");
        assertThat(change.after()).isEqualTo(schema.getIn().getHeader(PgCdcConstants.TABLE_SCHEMA));
        assertThat(schema.getIn().getBody(Map.class)).isEqualTo(Map.ofEntries(
                Map.entry("previousSchema", "public"), Map.entry("previousTable", "t"),
                Map.entry("columns", List.of(
                        column("id", "bigint", false, null, true), column("note", "text", true, null, false),
                        column("c", "numeric(5,2)", false, "1.5", false))),
                Map.entry("added", List.of("c")), Map.entry("dropped", List.of("a")),
                Map.entry("renamed", Map.of("b", "note")), Map.entry("typeChanged", List.of()),
                Map.entry("nullabilityChanged", List.of()), Map.entry("defaultChanged", List.of()),
                Map.entry("keyChanged", false), Map.entry("replicaIdentityChanged", false)));
        assertThat(exchanges.get(1).getIn().getBody())
                .isEqualTo(Map.of("id", 1L, "note", "x", "c", new java.math.BigDecimal("1.50")));
    }

    @Test
    void each_of_several_in_one_transaction_has_an_id_of_its_own_behind_the_changes_before_it(TestDatabase database)
            throws Exception {
        List<ChangeEvent> all = Collections.synchronizedList(new ArrayList<>());
        database.execute("CREATE TABLE t (id bigint PRIMARY KEY)", "CREATE PUBLICATION mypub FOR TABLE t");
        try (RouteUnderTest route = RouteUnderTest.start(
                database, "", exchange -> all.add(exchange.getIn().getBody(ChangeEvent.class)))) {
            route.awaitReady();
            database.execute(
                    "BEGIN; ALTER TABLE t ADD c int; INSERT INTO t VALUES (1); ALTER TABLE t DROP c; INSERT INTO t VALUES (2); "
                             + "ALTER TABLE t ADD c int; INSERT INTO t VALUES (3); COMMIT");
            route.awaitCaughtUp();
        }
        assertThat(all).extracting(event -> event.operation().text())
                .containsExactly("schema", "insert", "schema", "insert", "schema", "insert");
        assertThat(all).extracting(ChangeEvent::eventId).doesNotHaveDuplicates();
        assertThat(all).extracting(ChangeEvent::ordinal).containsExactly(0L, 0L, 0L, 1L, 1L, 2L);
    }

    @Test
    void one_that_waits_while_its_table_is_taken_for_a_new_copy_is_told_by_that(TestDatabase database) throws Exception {
        database.execute("CREATE TABLE t (id bigint PRIMARY KEY)", "CREATE TABLE busy (id bigint PRIMARY KEY)",
                "CREATE PUBLICATION mypub FOR TABLE t, busy");
        CountDownLatch release = new CountDownLatch(1);
        List<String> seen = Collections.synchronizedList(new ArrayList<>());
        try (RouteUnderTest route = RouteUnderTest.start(database, "", exchange -> {
            ChangeEvent event = exchange.getIn().getBody(ChangeEvent.class);
            if (event.table().name().equals("busy")) {
                release.await();
            } else {
                seen.add(event.operation().text() + " " + event.keySet().contains("c"));
            }
        })) {
            route.awaitReady();
            database.execute("INSERT INTO busy VALUES (1)", "ALTER TABLE t ADD c int", "INSERT INTO t VALUES (1, 1)");
            Awaitility.await().until(() -> database.query(
                    "SELECT count(*)::int FROM pgcdc.table_column WHERE column_name = 'c'", Integer.class) == 1);
            route.consumer().resyncTable("public.t");
            // It is taken, and stays so as long as the apply worker waits behind the other table.
            Awaitility.await().until(() -> route.consumer().status().tables().stream()
                    .noneMatch(t -> t.table().name().equals("t") && t.stage() == PipelineStatus.TableStage.STREAMING));
            release.countDown();
            route.awaitReady();
            route.awaitCaughtUp();
        }
        assertThat(seen).containsExactly("schema false", "truncate false", "read true");
    }

    @Test
    void under_load_and_across_abrupt_ends_every_row_has_the_columns_told_last(TestDatabase database) throws Exception {
        database.execute("CREATE TABLE t (id bigint PRIMARY KEY, a int)", "CREATE PUBLICATION mypub FOR TABLE t");
        AtomicBoolean stop = new AtomicBoolean();
        Thread writer = new Thread(() -> {
            for (int id = 1; !stop.get(); id++) {
                database.execute("INSERT INTO t (id) VALUES (" + id + ")");
            }
        });
        Model model = new Model();
        List<String> wrong = Collections.synchronizedList(new ArrayList<>());
        List<String> last = new ArrayList<>();
        java.util.function.Consumer<Exchange> check = exchange -> {
            ChangeEvent event = exchange.getIn().getBody(ChangeEvent.class);
            List<String> names = event.tableSchema().columns().stream().map(Column::name).toList();
            if (event.operation() == Operation.SCHEMA || event.operation() == Operation.READ) {
                last.clear();
                last.addAll(names);
            } else if (!last.isEmpty() && !last.equals(names)) {
                wrong.add(names + " after " + last);
            }
            if (event.operation().isRow() && !new ArrayList<>(event.keySet()).equals(names)) {
                wrong.add(event + " has " + event.keySet() + ", not " + names);
            }
            model.apply(event);
        };
        writer.start();
        int step = 0;
        for (int run = 0; run < 4; run++) {
            last.clear();
            model.expectReplay();
            RouteUnderTest route = RouteUnderTest.start(database, "", check::accept);
            route.awaitReady();
            for (int i = 0; i < 8; i++) {
                long inserted = model.count(Operation.INSERT);
                step++;
                database.execute("ALTER TABLE t ADD COLUMN c" + step + " int", step % 3 == 0
                        ? "ALTER TABLE t DROP COLUMN d" + (step - 1)
                        : "ALTER TABLE t RENAME COLUMN c" + step + " TO d" + step);
                Awaitility.await().until(() -> model.count(Operation.INSERT) > inserted + 5);
            }
            if (run < 3) {
                route.kill();
            } else {
                stop.set(true);
                writer.join();
                route.awaitCaughtUp();
                route.close();
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(model.violations()).isEmpty();
        assertThat(model.rows("t")).hasSize(database.query("SELECT count(*)::int FROM t", Integer.class));
    }

    private static Map<String, Object> column(String name, String type, boolean nullable, String standard, boolean key) {
        Map<String, Object> column = new LinkedHashMap<>();
        column.put("name", name);
        column.put("type", type);
        column.put("nullable", nullable);
        column.put("default", standard);
        column.put("key", key);
        return column;
    }

    // The cases, a table each.

    private static String table(Case each) {
        return "t" + CASES.indexOf(each);
    }

    private static String sql(Case each, String sql) {
        return sql.replaceAll("\\bT(?=\\b|_)", table(each)).replaceAll("\\bR\\b", table(each) + "r");
    }

    /** A user who may do nothing but what the documentation asks for. */
    private void create(TestDatabase database) {
        database.createUser("replicator", "secret", "REPLICATION");
        database.execute(
                "CREATE SCHEMA other", "GRANT USAGE ON SCHEMA other TO replicator",
                "CREATE SCHEMA pgcdc AUTHORIZATION replicator");
        for (Case each : CASES) {
            database.execute(
                    sql(each, "CREATE TABLE T (id bigint PRIMARY KEY, a int, b text)"),
                    sql(each, "INSERT INTO T VALUES (0, 0, 'b')"), sql(each, "GRANT SELECT ON T TO replicator"));
        }
        database.execute(
                "CREATE PUBLICATION mypub FOR TABLE " + String.join(", ", CASES.stream().map(SchemaChangesIT::table).toList()));
    }

    private RouteUnderTest start(TestDatabase database, String options) throws Exception {
        return RouteUnderTest.start(database, "username=replicator&password=secret" + options, this::note);
    }

    private static void change(TestDatabase database, Case each) {
        for (String statement : each.sql.split(";")) {
            database.execute(sql(each, statement));
        }
    }

    private void note(Exchange exchange) {
        ChangeEvent event = exchange.getIn().getBody(ChangeEvent.class);
        events.add(event);
        String text = event instanceof SchemaChangeEvent schema
                ? "schema: " + describe(schema.change())
                : event.operation().text() + (event.operation() == Operation.READ ? " " : " " + event.get("id") + " ")
                  + event.keySet();
        seen.computeIfAbsent(event.tableSchema().relationOid(), oid -> Collections.synchronizedList(new ArrayList<>()))
                .add(text);
    }

    private static String describe(SchemaChange change) {
        List<String> text = new ArrayList<>();
        change.added().forEach(column -> text.add("added " + column.name()));
        change.dropped().forEach(column -> text.add("dropped " + column.name()));
        change.renamed().forEach(column -> text.add("renamed " + column.before().name() + " to " + column.after().name()));
        change.changed().forEach(column -> {
            if (column.typeChanged()) {
                text.add("type of " + column.after().name());
            }
            if (column.nullabilityChanged()) {
                text.add("nullability of " + column.after().name());
            }
            if (column.defaultChanged()) {
                text.add("default of " + column.after().name());
            }
        });
        if (change.keyChanged()) {
            text.add("key");
        }
        if (change.replicaIdentityChanged()) {
            text.add("replica identity");
        }
        if (change.tableRenamed()) {
            String schema = change.after().table().schema();
            text.add("table is " + (schema.equals("public") ? "" : schema + ".") + change.after().table().name() + " now");
        }
        return String.join(", ", text);
    }

    /** For each case what was told. */
    private Map<String, String> told() {
        Map<String, String> told = new LinkedHashMap<>();
        for (Case each : CASES) {
            List<String> texts = events.stream()
                    .filter(event -> event.table().name().equals(table(each)))
                    .findFirst()
                    .map(event -> seen.get(event.tableSchema().relationOid()))
                    .orElse(List.of());
            told.put(each.sql, String.join("; ", texts));
        }
        return told;
    }

    private static Map<String, String> expected(String before, String more) {
        Map<String, String> expected = new LinkedHashMap<>();
        for (Case each : CASES) {
            String columns = switch (each.sql.contains("GENERATED") ? "" : each.told) {
                case "added c" -> "[id, a, b, c]";
                case "dropped a" -> "[id, b]";
                case "renamed a to x" -> "[id, x, b]";
                case "renamed b to x" -> "[id, a, x]";
                case "renamed a to b, renamed b to a" -> "[id, b, a]";
                case "added c, dropped a, renamed b to x, table is R now" -> "[id, x, c]";
                default -> "[id, a, b]";
            };
            expected.put(each.sql, before + (each.told.isEmpty() ? "" : "schema: " + sql(each, each.told) + "; ")
                                   + "insert 2 " + columns + (more == null ? "" : "; " + more + " " + columns));
        }
        return expected;
    }
}

package io.pgcdc.benchmarks;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

import io.pgcdc.testing.PostgresServer;
import io.pgcdc.testing.TestDatabase;

/** The server with the data that contenders read. */
final class Source implements AutoCloseable {

    private static final Map<String, String> SERVER = Map.of(
            "max_wal_size", "16GB", "checkpoint_timeout", "1h", "autovacuum", "off", "shared_buffers", "2GB",
            "logical_decoding_work_mem", "64MB", "max_locks_per_transaction", "1024");

    private static final String ORDERS = """
            (id bigint PRIMARY KEY, customer int, status text, amount numeric(12, 2), created timestamptz,
              updated timestamp, ref uuid, attributes jsonb, paid boolean, weight float8, note text)""";
    private static final String ORDER = """
            SELECT i, i %% 1000, (ARRAY['new', 'sent', 'paid'])[i %% 3 + 1], i * 1.37,
              '2026-01-01'::timestamptz + i * interval '1.7 s', '2026-01-01'::timestamp + i * interval '2.3 s',
              md5(i::text)::uuid, jsonb_build_object('sku', 'A-' || i, 'quantity', i %% 9, 'gift', i %% 2 = 0),
              i %% 2 = 0, sqrt(i), 'note of order ' || i FROM generate_series(%d, %d) i""";

    private final PostgresServer server = PostgresServer.start(PostgresServer.shared().major(), SERVER);
    private final TestDatabase database = server.createDatabase("benchmark");

    TestDatabase database() {
        return database;
    }

    /** The server's. */
    String version() {
        return database().query("SHOW server_version", String.class);
    }

    String url() {
        return database.url();
    }

    String user() {
        return database.username();
    }

    String password() {
        return database.password();
    }

    /** A table of orders, in a publication of its name. */
    void createOrders(String table, long rows) {
        database.execute(
                "CREATE TABLE " + table + " " + ORDERS, "INSERT INTO " + table + " " + ORDER.formatted(1, rows),
                "CREATE PUBLICATION " + table + " FOR TABLE " + table, "VACUUM (FREEZE, ANALYZE) " + table, "CHECKPOINT");
    }

    /** A table of many columns, in a publication of its name. */
    void createWide(String table, int columns, long rows) {
        StringBuilder shape = new StringBuilder("id bigint PRIMARY KEY");
        StringBuilder values = new StringBuilder("i");
        for (int column = 1; column < columns; column++) {
            boolean text = column % 2 == 0;
            shape.append(", c").append(column).append(text ? " text" : " int");
            values.append(text ? ", 'value ' || i + " : ", i + ").append(column);
        }
        database.execute(
                "CREATE TABLE " + table + " (" + shape + ")",
                "INSERT INTO " + table + " SELECT " + values + " FROM generate_series(1, " + rows + ") i",
                "CREATE PUBLICATION " + table + " FOR TABLE " + table, "VACUUM (FREEZE, ANALYZE) " + table, "CHECKPOINT");
    }

    /** Many small tables in a publication. */
    void createMany(String publication, int tables, int rows) {
        database.execute(
                "CREATE SCHEMA " + publication, """
                        DO $$ BEGIN FOR i IN 1..%d LOOP
                          EXECUTE format('CREATE TABLE %s.t%%s (id int PRIMARY KEY, note text)', i);
                          EXECUTE format('INSERT INTO %s.t%%s SELECT g, ''note '' || g FROM generate_series(1, %d) g', i);
                          IF i %% 100 = 0 THEN COMMIT; END IF;
                        END LOOP; END $$""".formatted(tables, publication, publication, rows),
                "CREATE PUBLICATION " + publication + " FOR TABLES IN SCHEMA " + publication, "ANALYZE", "CHECKPOINT");
    }

    /** A slot from which each run gets a copy. */
    void createSlot(String slot) {
        database.execute("SELECT pg_create_logical_replication_slot('" + slot + "', 'pgoutput')");
    }

    void copySlot(String from, String to) {
        database.execute("SELECT pg_copy_logical_replication_slot('" + from + "', '" + to + "')");
    }

    void dropSlot(String slot) {
        database.execute("SELECT pg_drop_replication_slot('" + slot + "')");
    }

    /** A table with its publication. */
    void drop(String table) {
        database.execute("DROP PUBLICATION " + table, "DROP TABLE " + table, "CHECKPOINT");
    }

    /** Many tables with their publication: a few at a time, for the sake of the server's lock table. */
    void dropMany(String publication) {
        database.execute("DROP PUBLICATION " + publication, """
                DO $$ DECLARE t regclass; n int := 0; BEGIN
                  FOR t IN SELECT c.oid FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = '%s'::regnamespace LOOP
                    EXECUTE 'DROP TABLE ' || t; n := n + 1;
                    IF n %% 100 = 0 THEN COMMIT; END IF;
                  END LOOP; END $$""".formatted(publication), "DROP SCHEMA " + publication);
    }

    /** Updates rows at a steady pace, on a thread of its own, from when somebody reads the slot. */
    void writeWhenRead(String table, String slot, long changes, long each, long perSecond) {
        Thread writer = new Thread(() -> {
            try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
                awaitReader(statement, slot);
                long begun = System.nanoTime();
                for (long written = 0; written < changes; written += each) {
                    long due = begun + written * 1_000_000_000L / perSecond;
                    while (System.nanoTime() < due) {
                        LockSupport.parkNanos(Math.min(100_000, due - System.nanoTime()));
                    }
                    statement.execute("UPDATE " + table + " SET amount = amount + 1 WHERE id > " + written % 900
                                      + " AND id <= " + (written % 900 + each));
                }
            } catch (SQLException e) {
                throw new IllegalStateException("the writer of " + table, e);
            }
        }, "writer");
        writer.setDaemon(true);
        writer.start();
    }

    private static void awaitReader(Statement statement, String slot) throws SQLException {
        while (true) {
            try (ResultSet row = statement.executeQuery(
                    "SELECT active FROM pg_replication_slots WHERE slot_name = '" + slot + "'")) {
                if (row.next() && row.getBoolean(1)) {
                    break;
                }
            }
            LockSupport.parkNanos(20_000_000);
        }
        // Whatever else a start does.
        LockSupport.parkNanos(2_000_000_000);
    }

    /** Drops every slot but those that were made here; whoever reads is gone. */
    void dropSlotsOfRuns() {
        database.execute(
                "SELECT pg_terminate_backend(active_pid, 10000) FROM pg_replication_slots"
                         + " WHERE slot_name NOT LIKE 'kept%' AND active_pid IS NOT NULL",
                "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name NOT LIKE 'kept%'");
    }

    /**
     * Changes of orders: 30 % inserts, 50 % updates, 20 % deletes, spread over the keys, in so many transactions.
     *
     * @param rows how many orders there are
     */
    void change(String table, long rows, long changes, long transactions) throws SQLException {
        if (rows < changes) {
            throw new IllegalArgumentException("there must be at least as many rows as changes");
        }
        long each = changes / transactions;
        long step = Math.max(1, rows / changes);
        try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            for (long transaction = 0; transaction < transactions; transaction++) {
                long first = transaction * each;
                if (each == 1) {
                    statement.execute(one(table, rows, step, first));
                } else {
                    long inserts = each * 3 / 10;
                    long updates = each / 2;
                    statement.execute("INSERT INTO " + table + " " + ORDER.formatted(
                            rows + first + 1, rows + first + inserts));
                    statement.execute(update(table) + " WHERE id IN (SELECT (" + first + " + g) * " + step
                                      + " + 1 FROM generate_series(0, " + (updates - 1) + ") g)");
                    statement.execute("DELETE FROM " + table + " WHERE id IN (SELECT (" + (first + updates) + " + g) * " + step
                                      + " + 1 FROM generate_series(0, " + (each - inserts - updates - 1) + ") g)");
                }
                connection.commit();
            }
        }
    }

    private static String one(String table, long rows, long step, long number) {
        int kind = (int) (number % 10);
        if (kind < 3) {
            return "INSERT INTO " + table + " " + ORDER.formatted(rows + number + 1, rows + number + 1);
        }
        String which = " WHERE id = " + (number * step + 1);
        return kind < 8 ? update(table) + which : "DELETE FROM " + table + which;
    }

    private static String update(String table) {
        return "UPDATE " + table + " SET status = 'changed', amount = amount + 1, updated = updated + interval '1 h'";
    }

    @Override
    public void close() {
        server.close();
    }
}

package io.pgcdc.camel;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;

import io.pgcdc.testing.TestDatabase;

/** A seeded writer of transactions over three tables: inserts, updates, deletes, key changes, aborted savepoints. */
final class Workload implements AutoCloseable {

    static final List<String> TABLES = List.of("customers", "orders", "items");

    private final AtomicBoolean stopped = new AtomicBoolean();
    private final TestDatabase database;
    private final Random random;
    private final Thread thread;
    private volatile Throwable failure;
    private volatile long transactions;

    private Workload(TestDatabase database, long seed) {
        this.database = database;
        this.random = new Random(seed);
        this.thread = new Thread(this::run, "workload");
        thread.setDaemon(true);
    }

    /** Makes the tables with so many rows each, and the publication. */
    static void create(TestDatabase database, int rows) {
        for (String table : TABLES) {
            database.execute(
                    "CREATE TABLE " + table + " (id bigint PRIMARY KEY, v integer, note text, amount numeric(12,2))",
                    "INSERT INTO " + table + " SELECT i, i, 'note ' || i, i / 7.0 FROM generate_series(1, " + rows
                                                                                                                      + ") i");
        }
        database.execute("CREATE PUBLICATION mypub FOR TABLE " + String.join(", ", TABLES));
    }

    static Workload start(TestDatabase database, long seed) {
        Workload workload = new Workload(database, seed);
        workload.thread.start();
        return workload;
    }

    long transactions() {
        return transactions;
    }

    /** The rows of a table in the text form that {@link Model#rows} gives. */
    static List<String> expected(TestDatabase database, String table) {
        return database.rows(rowsQuery(table)).stream().map(Object::toString).toList();
    }

    static String rowsQuery(String table) {
        return "SELECT id, v, note, amount FROM " + table + " ORDER BY id";
    }

    /** All rows of any table with an id, in the same form. */
    static List<String> rows(TestDatabase database, String table) {
        return database.rows("SELECT * FROM " + table + " ORDER BY id").stream().map(Object::toString).toList();
    }

    private void run() {
        try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            while (!stopped.get()) {
                int changes = 1 + random.nextInt(random.nextInt(20) == 0 ? 300 : 6);
                for (int i = 0; i < changes; i++) {
                    change(statement);
                }
                if (random.nextInt(8) == 0) {
                    Savepoint savepoint = connection.setSavepoint();
                    change(statement);
                    connection.rollback(savepoint);
                }
                if (random.nextInt(12) == 0) {
                    connection.rollback();
                } else {
                    connection.commit();
                    transactions++;
                }
            }
            connection.rollback();
        } catch (SQLException | RuntimeException e) {
            failure = e;
        }
    }

    private void change(Statement statement) throws SQLException {
        String table = TABLES.get(random.nextInt(TABLES.size()));
        long id = 1 + random.nextInt(3_000);
        switch (random.nextInt(10)) {
            case 0, 1, 2 -> statement.execute(
                    "INSERT INTO " + table + " VALUES (" + id + ", " + random.nextInt() + ", 'new', 1.5)"
                                              + " ON CONFLICT (id) DO UPDATE SET v = excluded.v");
            case 3, 4, 5, 6 -> statement.execute(
                    "UPDATE " + table + " SET v = " + random.nextInt() + ", note = 'u' || v WHERE id = " + id);
            case 7 -> statement.execute(
                    "UPDATE " + table + " SET id = " + (id + 3_000) + " WHERE id = " + id
                                        + " AND NOT EXISTS (SELECT FROM " + table + " WHERE id = " + (id + 3_000) + ")");
            case 8 -> statement.execute("DELETE FROM " + table + " WHERE id = " + id);
            default -> statement.execute("DELETE FROM " + table + " WHERE id = " + (id + 3_000));
        }
    }

    /** Ends the writer; throws what broke it. */
    @Override
    public void close() {
        stopped.set(true);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (failure != null) {
            throw new IllegalStateException("the workload failed", failure);
        }
    }
}

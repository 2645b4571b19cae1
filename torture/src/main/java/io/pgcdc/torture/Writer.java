package io.pgcdc.torture;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.pgcdc.testing.TestDatabase;

/**
 * Writes one transaction after the other, over all tables, from its own seed. The last row of each, in
 * {@link TortureTable#LEDGER}, has the number of the transaction; it is also the mark by which a commit in doubt is
 * looked up when the server has gone.
 */
final class Writer {

    private static final int KEYS = 3_000; // few enough that writers meet
    private static final long MEAN_PAUSE_MICROS = 12_000;
    private static final String TRUNCATE = "TRUNCATE scratch"; // one change, however many rows
    private static final Duration SERVER_BACK = Duration.ofSeconds(60);

    private final TestDatabase database;
    private final int number;
    private final Random random;
    private final Runnable awaitWork;
    private final Thread thread;
    private volatile boolean stopped;
    private volatile Throwable failure;
    private volatile long transactions;
    private volatile long inDoubt;
    private long notes;
    /** Those of the transaction that is open. */
    private int changes;

    Writer(TestDatabase database, int number, long seed, Runnable awaitWork) {
        this.database = database;
        this.number = number;
        this.random = new Random(seed);
        this.awaitWork = awaitWork;
        this.thread = new Thread(this::run, "writer-" + number);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    void stop() {
        stopped = true;
    }

    /** How many have committed. */
    long transactions() {
        return transactions;
    }

    long inDoubt() {
        return inDoubt;
    }

    void awaitEnd(Duration atMost) {
        try {
            thread.join(atMost.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            throw new IllegalStateException(thread.getName() + " does not end");
        }
        if (failure != null) {
            throw new IllegalStateException(thread.getName() + " has failed", failure);
        }
    }

    private void run() {
        try {
            while (!stopped) {
                try (Connection connection = connect()) {
                    connection.setAutoCommit(false);
                    write(connection);
                } catch (SQLException e) {
                    // The server is gone: from the start, with what is known of the last commit.
                }
            }
        } catch (Throwable e) {
            failure = e;
        }
    }

    private Connection connect() throws SQLException {
        long deadline = System.nanoTime() + SERVER_BACK.toNanos();
        while (true) {
            try {
                return database.connect();
            } catch (SQLException e) {
                if (System.nanoTime() > deadline || stopped) {
                    throw e;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        }
    }

    private void write(Connection connection) throws SQLException {
        // What an earlier connection did not hear of
        transactions = lastCommitted(connection);
        while (!stopped) {
            awaitWork.run();
            try (Statement statement = connection.createStatement()) {
                boolean complete = transaction(connection, statement);
                if (complete) {
                    statement.execute("INSERT INTO ledger SELECT " + number + ", " + (transactions + 1) + ", "
                                      + changes);
                    commit(connection);
                } else {
                    connection.rollback();
                }
            } catch (SQLException e) {
                if (connection.isValid(1)) {
                    connection.rollback(); // a deadlock or a key that somebody else was faster with
                } else {
                    throw e;
                }
            }
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos((long) (-Math.log(1 - random.nextDouble())
                                                                        * MEAN_PAUSE_MICROS)));
        }
    }

    private void commit(Connection connection) throws SQLException {
        try {
            connection.commit();
            transactions++;
        } catch (SQLException e) {
            inDoubt++;
            throw e;
        }
    }

    private long lastCommitted(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
             ResultSet row = statement.executeQuery("SELECT coalesce(max(seq), 0) FROM ledger WHERE writer = " + number)) {
            row.next();
            long last = row.getLong(1);
            connection.commit();
            return last;
        }
    }

    /** Returns false if it is to be rolled back. */
    private boolean transaction(Connection connection, Statement statement) throws SQLException {
        changes = 1; // the row in the ledger
        int kind = random.nextInt(1_000);
        if (kind < 5) {
            bulk(statement);
        } else {
            int steps = kind < 60 ? 20 + random.nextInt(60) : 1 + random.nextInt(8);
            boolean slow = kind >= 60 && kind < 75; // a long one, with those of the other writers in between
            for (int step = 0; step < steps; step++) {
                changes += change(statement);
                if (slow) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(200)));
                }
                if (random.nextInt(25) == 0) {
                    Savepoint savepoint = connection.setSavepoint();
                    change(statement);
                    connection.rollback(savepoint);
                }
            }
        }
        return random.nextInt(25) != 0;
    }

    private void bulk(Statement statement) throws SQLException {
        int rows = 100 + random.nextInt(900);
        long first = KEYS * 100L + random.nextInt(1 << 30);
        changes += statement.executeUpdate(
                "INSERT INTO orders SELECT 'bulk', i, i / 3.0, 'bulk', clock_timestamp() FROM generate_series(" + first
                                           + ", " + (first + rows) + ") i ON CONFLICT DO NOTHING");
        changes += statement.executeUpdate(
                "DELETE FROM orders WHERE region = 'bulk' AND id < " + random.nextInt(1 << 30));
    }

    /** One statement; returns how many changes it made. */
    private int change(Statement statement) throws SQLException {
        String sql = switch (random.nextInt(20)) {
            case 0, 1, 2, 3, 4, 5 -> customers();
            case 6, 7, 8, 9, 10 -> orders();
            case 11, 12, 13 -> notes();
            case 14, 15, 16 -> parts();
            default -> scratch();
        };
        int rows = statement.executeUpdate(sql);
        return sql.equals(TRUNCATE) ? 1 : rows;
    }

    private String customers() {
        long id = 1 + random.nextInt(KEYS);
        return switch (random.nextInt(10)) {
            case 0, 1 ->
                "INSERT INTO customers VALUES (" + id + ", 'planted-value', " + random.nextInt() + " / 1000.0, '{\"n\": "
                         + random.nextInt(100) + "}', clock_timestamp(), " + big()
                         + ") ON CONFLICT (id) DO UPDATE SET name = 'planted-value again', at = excluded.at";
            case 2, 3, 4, 5 -> "UPDATE customers SET balance = " + random.nextInt() + " / 100.0, name = "
                               + (random.nextInt(10) == 0 ? "NULL" : "'planted-value' || balance") + " WHERE id = " + id;
            case 6, 7 -> "UPDATE customers SET big = " + big() + " WHERE id = " + id;
            // The large value stays: it is not sent, and the sink takes it along to the new key
            case 8 -> "UPDATE customers SET id = id + " + KEYS + " WHERE id = " + id
                      + " AND NOT EXISTS (SELECT FROM customers WHERE id = " + (id + KEYS) + ")";
            default -> "DELETE FROM customers WHERE id = " + (random.nextBoolean() ? id : id + KEYS);
        };
    }

    private String big() {
        return random.nextInt(4) == 0 ? "NULL" : "repeat(md5('" + random.nextInt() + "'), " + (80 + random.nextInt(60)) + ")";
    }

    private String orders() {
        String region = "'planted-value r" + random.nextInt(4) + "'";
        long id = 1 + random.nextInt(KEYS);
        String there = " WHERE region = " + region + " AND id = " + id;
        return switch (random.nextInt(8)) {
            case 0, 1, 2 -> "INSERT INTO orders VALUES (" + region + ", " + id + ", " + random.nextInt()
                            + " * 0.01, 'planted-value', clock_timestamp()) ON CONFLICT DO NOTHING";
            case 3, 4, 5 ->
                "UPDATE orders SET amount = amount + 0.1, note = 'planted-value' || " + random.nextInt(1_000) + there;
            case 6 -> "UPDATE orders SET region = 'moved', id = " + random.nextLong() + there;
            default -> "DELETE FROM orders" + there;
        };
    }

    private String notes() {
        long id = 1 + random.nextInt(2_000);
        return switch (random.nextInt(4)) {
            case 0 -> "INSERT INTO notes VALUES (" + (System.currentTimeMillis() * 1_000 + number * 100L + notes++ % 100)
                      + ", 'planted-value', '[1, 2]', " + random.nextInt() + ")";
            case 1, 2 -> "UPDATE notes SET amount = amount + 1, doc = "
                         + (random.nextBoolean() ? "NULL" : "'{\"k\": \"v\"}'") + " WHERE id = " + id;
            default -> "DELETE FROM notes WHERE id = " + id;
        };
    }

    private String parts() {
        long id = 1 + random.nextInt(KEYS);
        return switch (random.nextInt(3)) {
            case 0 -> "INSERT INTO parts VALUES (" + id
                      + ", 'planted-value', 1) ON CONFLICT (id) DO UPDATE SET amount = parts.amount + 1";
            case 1 -> "UPDATE parts SET note = 'planted-value" + random.nextInt(1_000) + "' WHERE id = " + id;
            default -> "DELETE FROM parts WHERE id = " + id;
        };
    }

    private String scratch() {
        return random.nextInt(60) == 0
                ? TRUNCATE
                : "INSERT INTO scratch VALUES (" + random.nextInt(500)
                  + ", 'planted-value') ON CONFLICT (id) DO UPDATE SET note = scratch.note || '.'";
    }
}

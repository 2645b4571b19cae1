package io.pgcdc.camel;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.pgcdc.testing.TestDatabase;

/**
 * Two seeded writers, one for the written tables and one for the generated ones. Their transactions have rows of many
 * tables and savepoints that are rolled back; now and then they change the shape of the database.
 */
final class ForeignWorkload implements AutoCloseable {

    private static final String DEADLOCK = "40P01";
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$(new|text|big|n|m)\\b");
    private static final int FIRST_NEW_NUMBER = 1_000_000;
    /** A writer changes a shape after so many transactions: seldom while tables are copied, and then often. */
    private static final int PER_SHAPE_IN_COPY = 120;
    private static final int PER_SHAPE_IN_STREAM = 5;
    /**
     * Constraints, numbers that leave their range, deadlocks, tables without identity, and what was dropped or renamed.
     */
    private static final Pattern EXPECTED = Pattern.compile("23...|22003|22008|22012|40P01|42P01|42703|3F000|55000");

    private final AtomicBoolean stopped = new AtomicBoolean();
    private final AtomicLong transactions = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final List<Writer> writers = new ArrayList<>();
    private final TestDatabase database;
    private volatile int transactionsPerShape = PER_SHAPE_IN_COPY;

    private ForeignWorkload(TestDatabase database) {
        this.database = database;
    }

    /** @param lines of changes.sql */
    static ForeignWorkload start(TestDatabase database, long seed, List<String> lines, List<GeneratedTable> tables) {
        ForeignWorkload workload = new ForeignWorkload(database);
        List<String> changes
                = lines.stream().filter(line -> !line.isBlank() && !line.startsWith("--") && !line.startsWith("!")).toList();
        Random first = new Random(seed);
        int[] numbers = { FIRST_NEW_NUMBER };
        Iterator<List<String>> shapes = lines.stream().filter(line -> line.startsWith("!"))
                .map(line -> List.of(filled(line.substring(1), first, numbers))).iterator();
        workload.writers.add(workload.new Writer(
                first, () -> filled(changes.get(first.nextInt(changes.size())), first, numbers), shapes));
        Random second = new Random(seed + 1);
        List<GeneratedTable> altered = new ArrayList<>(tables);
        Collections.shuffle(altered, second);
        Iterator<List<String>> alterations
                = altered.subList(0, tables.size() / 5).stream().map(table -> table.alter(second)).iterator();
        workload.writers.add(workload.new Writer(
                second, () -> tables.get(second.nextInt(tables.size())).change(second), alterations));
        workload.writers.forEach(Thread::start);
        return workload;
    }

    /** All tables are copied. */
    void streaming() {
        transactionsPerShape = PER_SHAPE_IN_STREAM;
    }

    /** How many transactions were committed. */
    long transactions() {
        return transactions.get();
    }

    /** How many statements were refused and rolled back. */
    long refused() {
        return refused.get();
    }

    /** Whether every change of a shape is done. */
    boolean isReshaped() {
        return writers.stream().allMatch(writer -> writer.reshaped || writer.failure != null);
    }

    /** Ends the writers; throws what broke one. */
    @Override
    public void close() throws InterruptedException {
        stopped.set(true);
        for (Writer writer : writers) {
            writer.join();
        }
        for (Writer writer : writers) {
            if (writer.failure != null) {
                throw new IllegalStateException("the workload failed", writer.failure);
            }
        }
    }

    private static String filled(String line, Random random, int[] numbers) {
        String n = Integer.toString(1 + random.nextInt(200));
        String m = Integer.toString(1 + random.nextInt(200));
        String fresh = Integer.toString(numbers[0]++);
        return PLACEHOLDER.matcher(line).replaceAll(match -> Matcher.quoteReplacement(switch (match.group(1)) {
            case "n" -> n;
            case "m" -> m;
            case "new" -> fresh;
            case "big" -> "repeat(md5('" + m + "'), 200)";
            default -> "'text é" + n + "'";
        }));
    }

    private final class Writer extends Thread {
        private final Random random;
        private final Supplier<String> changes;
        private final Iterator<List<String>> shapes;
        private volatile boolean reshaped;
        private volatile Throwable failure;

        private Writer(Random random, Supplier<String> changes, Iterator<List<String>> shapes) {
            super("workload");
            this.random = random;
            this.changes = changes;
            this.shapes = shapes;
        }

        @Override
        public void run() {
            try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
                statement.execute("SET lc_monetary = 'C'");
                connection.setAutoCommit(false);
                for (int i = 1; !stopped.get(); i++) {
                    if (i % transactionsPerShape == 0 && shapes.hasNext()) {
                        reshape(connection, statement, shapes.next());
                    } else {
                        change(connection, statement);
                    }
                    reshaped = !shapes.hasNext();
                }
            } catch (SQLException | RuntimeException e) {
                failure = e;
            }
        }

        private void change(Connection connection, Statement statement) throws SQLException {
            for (int i = random.nextInt(random.nextInt(20) == 0 ? 60 : 6); i >= 0; i--) {
                step(connection, statement, changes.get(), random.nextInt(10) == 0);
            }
            end(connection, random.nextInt(12) == 0);
        }

        private void step(Connection connection, Statement statement, String sql, boolean undo) throws SQLException {
            Savepoint savepoint = connection.setSavepoint();
            try {
                statement.execute(sql);
                if (undo) {
                    connection.rollback(savepoint);
                } else {
                    connection.releaseSavepoint(savepoint);
                }
            } catch (SQLException e) {
                refuse(sql, e);
                connection.rollback(savepoint);
            }
        }

        /** A deferred constraint may refuse the whole of it. */
        private void end(Connection connection, boolean undo) throws SQLException {
            try {
                if (undo) {
                    connection.rollback();
                } else {
                    connection.commit();
                    transactions.incrementAndGet();
                }
            } catch (SQLException e) {
                refuse("COMMIT", e);
                connection.rollback();
            }
        }

        private void refuse(String sql, SQLException e) {
            if (!EXPECTED.matcher(e.getSQLState()).matches()) {
                throw new IllegalStateException("SQL failed: " + sql, e);
            }
            refused.incrementAndGet();
        }

        /** Again, where it and a copy wait for each other's tables: the server then breaks one of them off. */
        private void reshape(Connection connection, Statement statement, List<String> sql) throws SQLException {
            while (true) {
                try {
                    reshapeOnce(connection, statement, sql);
                    return;
                } catch (SQLException e) {
                    connection.rollback();
                    if (!DEADLOCK.equals(e.getSQLState())) {
                        throw e;
                    }
                }
            }
        }

        /**
         * Sometimes once in vain, and then for good. Not in a savepoint: the default of a column that was added in one
         * is not known in time.
         */
        private void reshapeOnce(Connection connection, Statement statement, List<String> sql) throws SQLException {
            for (boolean undo = random.nextInt(3) == 0;; undo = false) {
                for (String each : sql) {
                    statement.execute(each);
                }
                if (!undo) {
                    break;
                }
                connection.rollback();
            }
            connection.commit();
            transactions.incrementAndGet();
        }
    }
}

package io.pgcdc.routes.jdbc;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Column;
import io.pgcdc.model.Operation;
import io.pgcdc.model.ReplicaIdentity;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableSchema;
import io.pgcdc.model.Transaction;
import io.pgcdc.routes.jdbc.dialect.Dialect;
import io.pgcdc.routes.jdbc.dialect.Dialects;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Rows per second that the sink writes, and that a program written by hand for this one table writes: an Appender and a
 * MERGE for DuckDB, a COPY and a MERGE for PostgreSQL, with values that have their types already, no fold, no position.
 * Both in turns, on tables of the same rows, in one run. The command is in docs/jdbc.md.
 */
public final class SinkBenchmark {

    private static final int KEYS = 400_000;

    private static final TableId TABLE = new TableId("public", "orders");
    private static final TableSchema SHAPE = new TableSchema(
            TABLE, 4711, ReplicaIdentity.DEFAULT, List.of(
                    column("id", 20, "bigint", -1, true), column("customer", 23, "integer", -1, false),
                    column("status", 25, "text", -1, false), column("amount", 1700, "numeric(12,2)", (12 << 16 | 2) + 4, false),
                    column("placed", 1184, "timestamp with time zone", -1, false),
                    column("changed", 1114, "timestamp without time zone", -1, false),
                    column("due", 1082, "date", -1, false), column("code", 2950, "uuid", -1, false),
                    column("paid", 16, "boolean", -1, false), column("ratio", 701, "double precision", -1, false)));
    private static final String STAGE
            = "(op int, c0 bigint, c1 int, c2 %1$s, c3 decimal(12,2), c4 timestamptz, c5 timestamp, c6 date, c7 uuid,"
              + " c8 boolean, c9 double precision)";
    private static final String MERGE
            = "MERGE INTO by_hand AS t USING %s AS s ON t.id = s.c0 WHEN MATCHED AND s.op = 0 THEN DELETE"
              + " WHEN MATCHED THEN UPDATE SET customer = s.c1, status = s.c2, amount = s.c3, placed = s.c4, changed = s.c5,"
              + " due = s.c6, code = s.c7, paid = s.c8, ratio = s.c9 WHEN NOT MATCHED AND s.op = 1 THEN INSERT"
              + " (id, customer, status, amount, placed, changed, due, code, paid, ratio)"
              + " VALUES (s.c0, s.c1, s.c2, s.c3, s.c4, s.c5, s.c6, s.c7, s.c8, s.c9)";

    private final Random random = new Random(1);
    private final int rounds;
    private final int batch;
    private final int batches;
    private long lsn = 1_000;

    SinkBenchmark(int rounds, int batch, int batches) {
        this.rounds = rounds;
        this.batch = batch;
        this.batches = batches;
    }

    /** Prints the table. */
    public static void main(String[] arguments) throws Exception {
        int rounds = Integer.getInteger("rounds", 7);
        int batch = Integer.getInteger("batch", 5_000);
        int batches = Integer.getInteger("batches", 20);
        System.out.printf("%,d batches of %,d changes a round (a tenth deletes), %d rounds, medians; rows/s%n", batches, batch,
                rounds);
        System.out.println("| destination | by hand | pgcdc-jdbc | ratio (median of the rounds) |");
        System.out.println("|---|---|---|---|");
        for (SinkDatabase.Kind kind : SinkDatabase.Kind.named(System.getProperty("dialect", "duckdb,postgres"))) {
            System.out.println(new SinkBenchmark(rounds, batch, batches).run(kind));
        }
        System.exit(0);
    }

    /** Returns a line of the table; fails unless both have made the same rows. */
    String run(SinkDatabase.Kind kind) throws Exception {
        try (SinkDatabase database = SinkDatabase.create(kind); Connection connection = database.connect()) {
            prepare(connection, kind);
            Dialect dialect = Dialects.of(connection);
            SinkConnections connections = SinkConnections.of(database::connect, dialect, true, new ReentrantLock());
            PgCdcJdbcConfiguration options = new PgCdcJdbcConfiguration();
            Sink sink = Sink.of("benchmark", options, dialect);
            connections.inTransaction(any -> {
                sink.store().prepare(any);
                return null;
            });
            TableWriter writer = new TableWriter(sink, connections);
            Origin origin = new Origin("1", "benchmark");
            // As behind a copy: changes need not find their rows.
            writer.write(ChangeEvent.ofTable(Operation.COPY_START, SHAPE, Transaction.ofSnapshot(lsn), lsn, 0), origin,
                    Arrival.IN_ORDER);
            double[] byHand = new double[rounds];
            double[] bySink = new double[rounds];
            double[] ratios = new double[rounds];
            for (int round = -2; round < rounds; round++) {
                List<List<ChangeEvent>> changes = batches();
                List<List<Object[]>> typed = changes.stream().map(SinkBenchmark::typed).toList();
                double hand = rate(() -> byHand(connection, kind, typed));
                double ours = rate(
                        () -> changes.forEach(several -> writer.write(several, origin, Arrival.IN_ORDER)));
                if (round >= 0) {
                    byHand[round] = hand;
                    bySink[round] = ours;
                    ratios[round] = ours / hand;
                }
            }
            connections.close();
            checkEqual(database);
            return "| %s | %,.0f | %,.0f | %.2f |".formatted(kind, median(byHand), median(bySink), median(ratios));
        }
    }

    private interface Work {
        void run() throws Exception;
    }

    private double rate(Work work) throws Exception {
        long begin = System.nanoTime();
        work.run();
        return (double) batches * batch * 1e9 / (System.nanoTime() - begin);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static Column column(String name, long oid, String type, int modifier, boolean key) {
        return new Column(name, oid, type, modifier, !key, key);
    }

    private List<List<ChangeEvent>> batches() {
        List<List<ChangeEvent>> all = new ArrayList<>();
        for (int i = 0; i < batches; i++) {
            Transaction transaction = new Transaction(7, lsn += batch, lsn, Instant.EPOCH);
            List<ChangeEvent> changes = new ArrayList<>();
            // Each key once in a batch: folding is not what is measured by hand.
            long first = random.nextInt(KEYS);
            long step = 1 + random.nextInt(50);
            for (int n = 0; n < batch; n++) {
                long id = (first + n * step) % KEYS;
                boolean delete = random.nextInt(10) == 0;
                changes.add(
                        ChangeEvent.row(
                                delete ? Operation.DELETE : Operation.UPDATE, SHAPE, values(id), null, transaction, lsn, n,
                                100));
            }
            all.add(changes);
        }
        return all;
    }

    private Object[] values(long id) {
        long seconds = 1_700_000_000L + random.nextInt(50_000_000);
        LocalDateTime time = LocalDateTime.ofEpochSecond(seconds, random.nextInt(1_000_000) * 1_000, ZoneOffset.UTC);
        return new Object[] {
                id, random.nextInt(10_000), "status " + random.nextInt(20),
                new BigDecimal(random.nextInt(1_000_000)).movePointLeft(2),
                time + "Z", time.minusDays(1).toString(), time.toLocalDate().toString(),
                new UUID(random.nextLong(), random.nextLong()).toString(), random.nextBoolean(), random.nextDouble() };
    }

    private static List<Object[]> typed(List<ChangeEvent> batch) {
        List<Object[]> rows = new ArrayList<>();
        for (ChangeEvent change : batch) {
            Object[] row = new Object[11];
            row[0] = change.operation() == Operation.DELETE ? 0 : 1;
            for (int i = 0; i < 10; i++) {
                row[i + 1] = change.value(i);
            }
            row[5] = LocalDateTime.parse(((String) row[5]).replace("Z", "")).atOffset(ZoneOffset.UTC);
            row[6] = LocalDateTime.parse((String) row[6]);
            row[7] = LocalDate.parse((String) row[7]);
            row[8] = UUID.fromString((String) row[8]);
            rows.add(row);
        }
        return rows;
    }

    private static void prepare(Connection connection, SinkDatabase.Kind kind) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE by_hand (id bigint PRIMARY KEY, customer int, status "
                              + (kind == SinkDatabase.Kind.POSTGRES ? "text" : "varchar")
                              + ", amount decimal(12,2), placed timestamptz, changed timestamp, due date, code uuid, paid boolean,"
                              + " ratio double precision)");
        }
        connection.setAutoCommit(false);
    }

    private static void byHand(Connection connection, SinkDatabase.Kind kind, List<List<Object[]>> batches) throws Exception {
        for (List<Object[]> batch : batches) {
            try (Statement statement = connection.createStatement()) {
                if (kind == SinkDatabase.Kind.DUCKDB) {
                    statement.execute("CREATE OR REPLACE TEMP TABLE stage " + STAGE.formatted("varchar"));
                    append(connection, batch);
                    statement.execute(MERGE.formatted("temp.main.stage"));
                } else {
                    statement.execute("CREATE TEMP TABLE stage " + STAGE.formatted("text") + " ON COMMIT DROP");
                    copy(connection, batch);
                    statement.execute(MERGE.formatted("stage"));
                }
            }
            connection.commit();
        }
    }

    private static void append(Connection connection, List<Object[]> batch) throws SQLException {
        try (DuckDBAppender appender = connection.unwrap(DuckDBConnection.class).createAppender("temp", "main", "stage")) {
            for (Object[] row : batch) {
                appender.beginRow();
                appender.append((int) row[0]).append((long) row[1]).append((int) row[2]).append((String) row[3])
                        .append((BigDecimal) row[4]).append((java.time.OffsetDateTime) row[5]).append((LocalDateTime) row[6])
                        .append((LocalDate) row[7]).append((UUID) row[8]).append((boolean) row[9]).append((double) row[10]);
                appender.endRow();
            }
        }
    }

    private static void copy(Connection connection, List<Object[]> batch) throws SQLException {
        CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn("COPY stage FROM STDIN");
        StringBuilder text = new StringBuilder();
        for (Object[] row : batch) {
            for (int i = 0; i < row.length; i++) {
                text.append(i > 0 ? "\t" : "").append(row[i]);
            }
            text.append('\n');
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        copy.writeToCopy(bytes, 0, bytes.length);
        copy.endCopy();
    }

    private static void checkEqual(SinkDatabase database) {
        String columns = "id, customer, status, amount, placed, changed, due, code, paid, ratio";
        String differing = database.text("SELECT count(*) FROM (SELECT " + columns + " FROM by_hand EXCEPT SELECT " + columns
                                         + " FROM public.orders) AS d");
        String counts
                = database.text("SELECT count(*) FROM by_hand") + " " + database.text("SELECT count(*) FROM public.orders");
        if (!differing.equals("0") || !counts.matches("(\\d+) \\1")) {
            throw new IllegalStateException("the tables differ: " + differing + ", rows " + counts);
        }
    }
}

package io.pgcdc.postgres;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToDoubleFunction;

import io.pgcdc.model.Column;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.ReplicaIdentity;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableSchema;
import io.pgcdc.pgoutput.CopyRowDecoder;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import io.pgcdc.types.Codecs;
import io.pgcdc.types.ValueStyle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.copy.CopyOut;
import org.postgresql.replication.PGReplicationStream;

/**
 * What the text format costs beside the binary one, before anything is decoded, and what it costs to decode every value
 * of a copy: rows a second, and seconds of the processor in the server's process and in ours. Both take turns;
 * docs/types.md has the medians and the command.
 */
@PostgresTest
@EnabledOnOs(OS.LINUX)
class WireFormatBenchmark {

    private static final int ROWS = Integer.getInteger("pgcdc.benchmark.rows", 500_000);
    private static final int ROUNDS = Integer.getInteger("pgcdc.benchmark.rounds", 5);
    private static final int TRANSACTIONS = 50;
    private static final long GATHER_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final double TICKS_PER_SECOND = 100; // of /proc, on every Linux of today

    private record Run(double seconds, double serverCpu, double clientCpu, long bytes) {
    }

    private interface Reading {
        Run read() throws Exception;
    }

    @Test
    void text_and_binary_in_turns(TestDatabase database) throws Exception {
        database.execute("""
                CREATE TABLE orders (id bigint PRIMARY KEY, customer int, status text, amount numeric(12, 2),
                  created timestamptz, updated timestamp, ref uuid, attributes jsonb, paid boolean, weight float8,
                  note text)""", "CREATE PUBLICATION orders FOR TABLE orders",
                "SELECT pg_create_logical_replication_slot('kept', 'pgoutput')");
        for (int i = 0; i < TRANSACTIONS; i++) {
            database.execute("""
                    INSERT INTO orders SELECT i, i %% 1000, (ARRAY['new', 'sent', 'paid'])[i %% 3 + 1], i * 1.37,
                      '2026-01-01'::timestamptz + i * interval '1.7 s', '2026-01-01'::timestamp + i * interval '2.3 s',
                      md5(i::text)::uuid, jsonb_build_object('sku', 'A-' || i, 'quantity', i %% 9, 'gift', i %% 2 = 0),
                      i %% 2 = 0, sqrt(i), 'note of order ' || i FROM generate_series(%d, %d) i""".formatted(
                    ROWS / TRANSACTIONS * i + 1, ROWS / TRANSACTIONS * (i + 1)));
        }
        database.execute("VACUUM ANALYZE orders", "CHECKPOINT");
        compare("COPY", "text", () -> copy(database, false), "binary", () -> copy(database, true));
        compare("COPY", "binary", () -> copy(database, true), "decoded", () -> decode(database));
        compare("pgoutput", "text", () -> stream(database, false, false), "binary", () -> stream(database, true, false));
        compare("gathered", "text", () -> stream(database, false, true), "binary", () -> stream(database, true, true));
        compare("by SQL", "text", () -> chunk(database, false), "binary", () -> chunk(database, true));
    }

    private static void compare(String what, String base, Reading baseReading, String other, Reading otherReading)
            throws Exception {
        baseReading.read();
        otherReading.read();
        List<Run> bases = new ArrayList<>();
        List<Run> others = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            if (round % 2 == 0) {
                others.add(otherReading.read());
                bases.add(baseReading.read());
            } else {
                bases.add(baseReading.read());
                others.add(otherReading.read());
            }
        }
        print(what, base, bases);
        print(what, other, others);
        System.out.printf(Locale.ROOT,
                "%-9s %s to %s, medians of %d pairs: rows/s %.2f, server CPU %.2f, client CPU %.2f%n",
                what, other, base, ROUNDS, ratio(bases, others, Run::seconds), ratio(others, bases, Run::serverCpu),
                ratio(others, bases, Run::clientCpu));
    }

    private static void print(String what, String format, List<Run> runs) {
        System.out.printf(Locale.ROOT, "%-9s %-7s %,9.0f rows/s, server %.2f s, client %.2f s, %d MB%n", what, format,
                ROWS / median(runs, Run::seconds), median(runs, Run::serverCpu), median(runs, Run::clientCpu),
                runs.get(0).bytes() >> 20);
    }

    private static double median(List<Run> runs, ToDoubleFunction<Run> figure) {
        double[] sorted = runs.stream().mapToDouble(figure).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private static double ratio(List<Run> above, List<Run> below, ToDoubleFunction<Run> figure) {
        double[] ratios = new double[above.size()];
        Arrays.setAll(ratios, i -> figure.applyAsDouble(above.get(i)) / figure.applyAsDouble(below.get(i)));
        Arrays.sort(ratios);
        return ratios[ratios.length / 2];
    }

    private static Run copy(TestDatabase database, boolean binary) throws Exception {
        try (Connection connection = database.connect()) {
            Meter meter = new Meter(connection);
            CopyOut copy = connection.unwrap(PGConnection.class).getCopyAPI()
                    .copyOut("COPY orders TO STDOUT" + (binary ? " (FORMAT binary)" : ""));
            long bytes = 0;
            for (byte[] row = copy.readFromCopy(); row != null; row = copy.readFromCopy()) {
                bytes += row.length;
            }
            return meter.stop(bytes);
        }
    }

    private static Run decode(TestDatabase database) throws Exception {
        ConnectionSettings settings = new ConnectionSettings(
                database.url(), database.username(), database.password(), "benchmark");
        try (Connection connection = new PostgresConnections(settings).plain(); TableCopy copy = new TableCopy(connection)) {
            PublishedTable table = new PublishedTable(schema(connection), 0, false, null, 0, 0, 0, -1);
            CopyRowDecoder decoder = new CopyRowDecoder(
                    table.schema(), Codecs.of(ValueStyle.PORTABLE, true), Lsn.ZERO);
            Meter meter = new Meter(connection);
            long[] bytes = { 0 };
            copy.read(table, decoder::readsText, TableCopy.BlockRange.ALL, (message, start) -> {
                Object[] values = decoder.decode(message, start, message.length - start);
                bytes[0] += values.length == 0 ? 0 : message.length;
            });
            return meter.stop(bytes[0]);
        }
    }

    private static TableSchema schema(Connection connection) throws SQLException {
        List<Column> columns = new ArrayList<>();
        try (Statement statement = connection.createStatement();
             ResultSet row = statement.executeQuery("SELECT attname, atttypid::bigint FROM pg_attribute"
                                                    + " WHERE attrelid = 'public.orders'::regclass AND attnum > 0 ORDER BY attnum")) {
            while (row.next()) {
                columns.add(new Column(row.getString(1), row.getLong(2), null, -1, true, false));
            }
        }
        return new TableSchema(new TableId("public", "orders"), 1, ReplicaIdentity.DEFAULT, columns);
    }

    /** @param gathers whether messages are let gather, as the pipeline does under backlog */
    private static Run stream(TestDatabase database, boolean binary, boolean gathers) throws Exception {
        database.execute("SELECT pg_copy_logical_replication_slot('kept', 'run')");
        Properties properties = new Properties();
        PGProperty.USER.set(properties, database.username());
        PGProperty.PASSWORD.set(properties, database.password());
        PGProperty.REPLICATION.set(properties, "database");
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "14");
        Connection connection = java.sql.DriverManager.getConnection(database.url(), properties);
        try {
            Meter meter = new Meter(connection);
            PGReplicationStream stream = connection.unwrap(PGConnection.class).getReplicationAPI().replicationStream()
                    .logical().withSlotName("run").withSlotOption("proto_version", "1")
                    .withSlotOption("publication_names", "orders").withSlotOption("binary", Boolean.toString(binary))
                    .withStatusInterval(10, TimeUnit.SECONDS).withAutomaticFlush(false).start();
            long bytes = 0;
            for (int rows = 0; rows < ROWS;) {
                ByteBuffer message = gathers ? gathered(stream) : stream.read();
                bytes += message.remaining();
                rows += message.get(message.position()) == 'I' ? 1 : 0;
            }
            return meter.stop(bytes);
        } finally {
            connection.abort(Runnable::run);
            database.execute("SELECT pg_terminate_backend(active_pid, 10000) FROM pg_replication_slots"
                             + " WHERE slot_name = 'run' AND active_pid IS NOT NULL",
                    "SELECT pg_drop_replication_slot('run')");
        }
    }

    private static ByteBuffer gathered(PGReplicationStream stream) throws SQLException {
        ByteBuffer message = stream.readPending();
        while (message == null) {
            LockSupport.parkNanos(GATHER_NANOS);
            message = stream.readPending();
        }
        return message;
    }

    private static Run chunk(TestDatabase database, boolean binary) throws Exception {
        try (Connection connection = database.connect()) {
            Meter meter = new Meter(connection);
            CopyOut copy = connection.unwrap(PGConnection.class).getCopyAPI().copyOut(
                    "COPY (SELECT lsn, data FROM pg_logical_slot_peek_binary_changes('kept', NULL, NULL, 'proto_version', '1',"
                                                                                      + " 'publication_names', 'orders', 'binary', '"
                                                                                      + binary
                                                                                      + "')) TO STDOUT (FORMAT binary)");
            long bytes = 0;
            for (byte[] row = copy.readFromCopy(); row != null; row = copy.readFromCopy()) {
                bytes += row.length;
            }
            return meter.stop(bytes);
        }
    }

    /** What the calling thread and the server's process of a connection take from now on. */
    private static final class Meter {
        private final long pid;
        private final double server;
        private final long client = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        private final long begun = System.nanoTime();

        private Meter(Connection connection) throws SQLException, IOException {
            try (Statement statement = connection.createStatement();
                 ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
                row.next();
                pid = row.getLong(1);
            }
            server = cpuSeconds(pid);
        }

        private Run stop(long bytes) throws IOException {
            double seconds = (System.nanoTime() - begun) / 1e9;
            long own = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - client;
            return new Run(seconds, cpuSeconds(pid) - server, own / 1e9, bytes);
        }

        /** User and system time, fields 14 and 15 of the file, of which the second is a name in parentheses. */
        private static double cpuSeconds(long pid) throws IOException {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
        }
    }
}

package io.pgcdc.benchmarks;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/** The limit of a copy: pgjdbc's own, nothing decoded; each connection reads a part of the table's blocks. */
final class RawCopy implements Contender {

    /** The binary format has a header and an end, which may be messages of their own. No row here is as short. */
    private static final int HEADER_BYTES = 19;

    private final int connections;
    private final boolean binary;

    RawCopy(int connections, boolean binary) {
        this.connections = connections;
        this.binary = binary;
    }

    @Override
    public Sample run(Task task) throws Exception {
        Meter meter = new Meter(task);
        List<Callable<Void>> readers = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            int part = i;
            readers.add(() -> {
                try {
                    read(task, part, meter);
                } catch (Exception e) {
                    meter.fail(e);
                }
                return null;
            });
        }
        ExecutorService threads = Executors.newFixedThreadPool(connections);
        try {
            List<Future<Void>> running = new ArrayList<>();
            readers.forEach(reader -> running.add(threads.submit(reader)));
            Sample sample = meter.await();
            for (Future<Void> reader : running) {
                reader.get();
            }
            return sample;
        } finally {
            threads.shutdown();
        }
    }

    private void read(Task task, int part, Meter meter) throws Exception {
        try (Connection connection = DriverManager.getConnection(task.url(), task.user(), task.password())) {
            String condition = connections == 1 ? "" : condition(blocks(connection, task.table()), part);
            CopyOut copy = connection.unwrap(PGConnection.class).getCopyAPI().copyOut(
                    "COPY (SELECT * FROM " + task.table() + condition + ") TO STDOUT" + (binary ? " (FORMAT binary)" : ""));
            int rows = 0;
            for (byte[] row = copy.readFromCopy(); row != null; row = copy.readFromCopy()) {
                if (!binary || row.length > 2 && row.length != HEADER_BYTES) {
                    rows++;
                }
                if (rows == 1_000) {
                    meter.count(rows);
                    rows = 0;
                }
            }
            meter.count(rows);
        }
    }

    private static long blocks(Connection connection, String table) throws SQLException {
        try (Statement statement = connection.createStatement();
             ResultSet row = statement.executeQuery("SELECT pg_relation_size('" + table + "') / 8192")) {
            row.next();
            return row.getLong(1);
        }
    }

    private String condition(long blocks, int part) {
        String from = " WHERE ctid >= '(" + blocks * part / connections + ",0)'::tid";
        return part == connections - 1
                ? from
                : from + " AND ctid < '(" + blocks * (part + 1) / connections + ",0)'::tid";
    }
}

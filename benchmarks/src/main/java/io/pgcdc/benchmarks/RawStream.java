package io.pgcdc.benchmarks;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.replication.PGReplicationStream;

/** What a reader that waits in {@code read()} gets of the stream: pgjdbc's own, nothing decoded. */
final class RawStream implements Contender {

    private static final int COUNTED_AT_ONCE = 100;

    private final boolean binary;

    /** @param binary whether the values come in their types' binary form */
    RawStream(boolean binary) {
        this.binary = binary;
    }

    @Override
    public Sample run(Task task) throws Exception {
        Meter meter = new Meter(task);
        Properties properties = new Properties();
        PGProperty.USER.set(properties, task.user());
        PGProperty.PASSWORD.set(properties, task.password());
        PGProperty.REPLICATION.set(properties, "database");
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "14");
        Connection connection = DriverManager.getConnection(task.url(), properties);
        try {
            PGReplicationStream stream = connection.unwrap(PGConnection.class).getReplicationAPI().replicationStream()
                    .logical().withSlotName(task.slot()).withSlotOption("proto_version", "1")
                    .withSlotOption("publication_names", task.publication())
                    .withSlotOption("binary", Boolean.toString(binary)).withAutomaticFlush(false)
                    .withStatusInterval(10, TimeUnit.SECONDS).start();
            long left = task.expected();
            int rows = 0;
            while (left > 0) {
                ByteBuffer message = stream.read();
                byte kind = message.get(message.position());
                if (kind == 'I' || kind == 'U' || kind == 'D') {
                    rows++;
                    left--;
                    if (rows == COUNTED_AT_ONCE || left == 0) {
                        meter.count(rows);
                        rows = 0;
                    }
                }
            }
            return meter.await();
        } finally {
            connection.abort(Runnable::run);
        }
    }
}

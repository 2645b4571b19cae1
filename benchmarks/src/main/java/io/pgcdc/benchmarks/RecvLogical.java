package io.pgcdc.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;

/** PostgreSQL's own reader of a slot, as a process, from its start to its end. */
final class RecvLogical implements Contender {

    /** It comes with PostgreSQL's client programs. */
    static boolean isInstalled() {
        try {
            return new ProcessBuilder("pg_recvlogical", "--version").redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor()
                   == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Sample run(Task task) throws Exception {
        URI place = URI.create(task.url().substring("jdbc:".length()));
        String end;
        try (Connection connection = DriverManager.getConnection(task.url(), task.user(), task.password());
             Statement statement = connection.createStatement();
             ResultSet row = statement.executeQuery("SELECT pg_current_wal_flush_lsn()")) {
            row.next();
            end = row.getString(1);
        }
        ProcessBuilder command = new ProcessBuilder(
                "pg_recvlogical", "-h", place.getHost(), "-p", Integer.toString(place.getPort()), "-U", task.user(), "-d",
                place.getPath().substring(1), "-S", task.slot(), "--start", "-o", "proto_version=1", "-o",
                "publication_names=" + task.publication(), "--endpos=" + end, "-f", "/dev/null")
                .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        command.environment().put("PGPASSWORD", task.password());
        long begun = System.nanoTime();
        Process process = command.start();
        int status = process.waitFor();
        double seconds = (System.nanoTime() - begun) / 1e9;
        if (status != 0) {
            throw new IllegalStateException("pg_recvlogical ended with " + status);
        }
        return new Sample(task.expected(), seconds, -1, -1, -1, -1, -1, -1, -1, -1);
    }
}

package io.pgcdc.postgres;

import java.sql.Connection;
import java.sql.SQLException;

import io.pgcdc.model.Lsn;

/**
 * A snapshot that other connections can take over by name, for as long as this is open (PostgreSQL documentation,
 * "Snapshot Synchronization Functions").
 */
public final class ExportedSnapshot implements AutoCloseable {

    private final Connection holder;
    private final String name;
    private final Lsn consistentPoint;

    ExportedSnapshot(Connection holder, String name, Lsn consistentPoint) {
        this.holder = holder;
        this.name = name;
        this.consistentPoint = consistentPoint;
    }

    /** The name for {@code SET TRANSACTION SNAPSHOT}. */
    public String name() {
        return name;
    }

    /** No transaction whose commit record stands at or after this position is visible to the snapshot. */
    public Lsn consistentPoint() {
        return consistentPoint;
    }

    /** Breaks the connection from any thread. */
    public void abort() {
        TableCopy.abort(holder);
    }

    @Override
    public void close() {
        try {
            holder.close();
        } catch (SQLException e) {
            throw PostgresErrors.translate(e, "Can't close the connection that holds a snapshot");
        }
    }
}

package io.pgcdc.routes.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.Operation;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableId;
import io.pgcdc.routes.jdbc.dialect.UnfitValueException;

/**
 * Writes the changes of exchanges, each segment in a transaction. Safe for use by several threads: tables are written
 * side by side where the destination can, each by one thread at a time.
 */
final class TableWriter {

    private final Sink sink;
    private final SinkConnections connections;
    private final Map<TableId, SinkTable> known = new ConcurrentHashMap<>();
    private final Map<TableId, Lock> locks = new ConcurrentHashMap<>();
    /**
     * Held while tables are made or get another shape: databases let two that do so at once wait for each other, or
     * fail.
     */
    private final Lock shapeLock = new ReentrantLock(true);

    TableWriter(Sink sink, SinkConnections connections) {
        this.sink = sink;
        this.connections = connections;
    }

    /**
     * Writes what an exchange has.
     *
     * @param arrival what its header says
     */
    void write(Object body, Origin origin, Arrival arrival) {
        Map<TableId, List<ChangeEvent>> tables = Segments.byTable(body);
        // The header is about the first change of the exchange, and about its table.
        Arrival each = tables.size() == 1 ? arrival : Arrival.UNKNOWN;
        tables.values().forEach(changes -> Segments.of(changes).forEach(segment -> write(segment, origin, each)));
    }

    private void write(List<ChangeEvent> segment, Origin origin, Arrival arrival) {
        TableId table = segment.get(0).table();
        Lock lock = locks.computeIfAbsent(table, any -> new ReentrantLock(true));
        lock.lock();
        try {
            boolean done = false;
            while (!done) {
                done = attempt(table, segment, origin, arrival);
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean attempt(TableId table, List<ChangeEvent> segment, Origin origin, Arrival arrival) {
        Lock reshaping = isShapeKnown(table, segment.get(0)) ? null : shapeLock;
        if (reshaping != null) {
            reshaping.lock();
        }
        try {
            SinkTable after = inTransaction(
                    segment, connection -> new TableWrite(
                            sink, connection, segment, origin, arrival, known.get(table)).run());
            remember(table, after);
            return true;
        } catch (UnfitValueException e) {
            widen(table, segment, origin, e);
            return false;
        } finally {
            if (reshaping != null) {
                reshaping.unlock();
            }
        }
    }

    private void remember(TableId table, SinkTable after) {
        if (after == null) {
            known.remove(table);
        } else {
            known.put(table, after);
        }
    }

    private boolean isShapeKnown(TableId table, ChangeEvent first) {
        SinkTable seen = known.get(table);
        return seen != null && seen.hasShapeOf(first.tableSchema());
    }

    private void widen(TableId table, List<ChangeEvent> segment, Origin origin, UnfitValueException unfit) {
        int column = unfit.column() - sink.layout().offset();
        inTransaction(segment, connection -> {
            SinkTable before = sink.store().find(connection, table, null);
            if (before == null) {
                // It was to be made in the transaction that has failed.
                before = sink.shapes().create(connection, segment.get(0).tableSchema(), origin, segment.get(0).position());
                sink.store().save(connection, null, before);
            }
            before = sink.shapes().reshape(connection, before, segment.get(0).tableSchema(), segment.get(0).position());
            if (column >= before.live().size() || sink.layout().written(before).key().contains(column)) {
                throw new PgCdcException(
                        ErrorCode.DESTINATION, failed(segment) + ": a value does not fit into a column of the primary key",
                        "There is no way to keep it exactly; leave the table out of the publication");
            }
            SinkTable stored = sink.store().find(connection, table, null);
            SinkTable after = sink.shapes().widen(connection, before, column);
            sink.store().save(connection, stored, after);
            return after;
        });
    }

    private interface Work {
        SinkTable run(Connection connection) throws SQLException;
    }

    private SinkTable inTransaction(List<ChangeEvent> segment, Work work) {
        try {
            return connections.inTransaction(work::run);
        } catch (SQLException e) {
            throw SqlFailures.translate(e, failed(segment), sink.dialect());
        } catch (IllegalArgumentException e) {
            throw new PgCdcException(ErrorCode.DECODE, failed(segment) + ": " + e.getMessage(), null);
        }
    }

    private static String failed(List<ChangeEvent> segment) {
        ChangeEvent first = segment.get(0);
        ChangeEvent last = segment.get(segment.size() - 1);
        String what = first.operation() == Operation.READ ? "row(s) of the copy" : "change(s) from " + first.operation().text();
        return "Can't write " + segment.size() + " " + what + " of table " + first.table() + " at LSN "
               + Lsn.toString(first.lsn()) + " to " + Lsn.toString(last.lsn());
    }
}

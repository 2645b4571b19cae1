package io.pgcdc.examples.quickstart;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Operation;
import io.pgcdc.model.TableId;

/** What has arrived, counted. */
final class Progress {

    private final Map<TableId, TableProgress> tables = new ConcurrentHashMap<>();
    private final LongAdder changes = new LongAdder();

    /** Counts a batch that is safely written. */
    void count(List<ChangeEvent> batch) {
        for (ChangeEvent event : batch) {
            if (event.table() != null) {
                count(of(event.table()), event.operation());
            }
        }
    }

    private void count(TableProgress table, Operation operation) {
        switch (operation) {
            case COPY_START -> {
                table.rows.reset();
                table.state = CopyState.RUNNING;
            }
            case READ -> table.rows.increment();
            case COPY_END -> table.state = CopyState.ENDED;
            case INSERT, UPDATE, DELETE, TRUNCATE -> {
                table.changes.increment();
                changes.increment();
            }
            case SCHEMA, MESSAGE, BEGIN, COMMIT -> {
                // not counted
            }
        }
    }

    TableProgress of(TableId table) {
        return tables.computeIfAbsent(table, missing -> new TableProgress());
    }

    /** Every table that was heard of, in order. */
    Map<TableId, TableProgress> tables() {
        return new TreeMap<>(tables);
    }

    /** Inserts, updates, deletes and truncates of all tables. */
    long changes() {
        return changes.sum();
    }

    /** How far the copy of a table is. */
    enum CopyState {
        NOT_SEEN,
        RUNNING,
        ENDED
    }

    /** The counts of one table. */
    static final class TableProgress {
        private final LongAdder rows = new LongAdder();
        private final LongAdder changes = new LongAdder();
        private volatile CopyState state = CopyState.NOT_SEEN;

        /** Rows of the copy. */
        long rows() {
            return rows.sum();
        }

        long changes() {
            return changes.sum();
        }

        CopyState state() {
            return state;
        }
    }
}

package io.pgcdc.pipeline;

import io.pgcdc.model.TableId;
import org.slf4j.MDC;

/** What lines in the log have in their context (MDC), those that a route writes on the engine's threads included. */
final class LogContext {

    private static final String PIPELINE = "pgcdc.pipeline";
    /** As {@code schema.table}; on threads that hand rows or changes over. */
    private static final String TABLE = "pgcdc.table";

    /** What the thread's lines have as their table: to look into the context for each row would be slow. */
    private static final ThreadLocal<TableId> TOLD = new ThreadLocal<>();

    private LogContext() {
    }

    /** From here on the thread is about a table, or about none ({@code null}). */
    static void table(TableId table) {
        if (TOLD.get() == table) {
            return;
        }
        if (table == null) {
            TOLD.remove();
            MDC.remove(TABLE);
        } else {
            TOLD.set(table);
            MDC.put(TABLE, table.toString());
        }
    }

    /** Threads whose lines have a pipeline's name. */
    static WorkerThreads of(String pipeline, WorkerThreads threads) {
        return (name, work) -> threads.newThread(name, () -> {
            MDC.put(PIPELINE, pipeline);
            try {
                work.run();
            } finally {
                table(null);
                MDC.remove(PIPELINE);
            }
        });
    }
}

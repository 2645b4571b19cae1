package io.pgcdc.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;

/** The contenders by the names that tables and charts show. */
final class Contenders {

    static final String RAW_COPY = "raw pgjdbc COPY";
    static final String RAW_COPY_TEXT = "raw pgjdbc COPY, text";
    static final String RAW_COPY_TWICE = "raw pgjdbc COPY, 2 connections";
    static final String RAW_STREAM = "raw pgjdbc stream";
    static final String RAW_STREAM_BINARY = "raw pgjdbc stream, binary";
    static final String RAW_CHUNKS = "raw pgjdbc, chunks by SQL, binary";
    static final String RECVLOGICAL = "pg_recvlogical";
    static final String ENGINE = "engine, null destination";
    static final String BATCHES = "pgcdc, batches";
    static final String BATCHES_READ = "pgcdc, batches, every value read";
    static final String BATCHES_READ_TWO = "pgcdc, batches, every value read, 2 connections";
    static final String EXPRESS = "pgcdc, express, batches, every value read";
    static final String EXPRESS_SINGLE = "pgcdc, express, one by one, every value read";
    static final String IN_PROGRESS = "pgcdc, transactions in progress, batches, every value read";
    static final String SINGLE = "pgcdc, one by one";
    static final String SINGLE_READ = "pgcdc, one by one, every value read";
    static final String SINGLE_TIMED = "pgcdc, one by one, timed";
    static final String BATCHES_TIMED = "pgcdc, batches, timed";
    static final String IN_PROGRESS_TIMED = "pgcdc, transactions in progress, batches, timed";
    static final String DEBEZIUM_TIMED = "debezium-postgres, timed";
    static final String CONTEXT = "a Camel context with a timer";
    static final String START = "pgcdc, its tables ready";
    static final String DEBEZIUM = "debezium-postgres, every value read";

    static final String BATCHES_SCRAPED = "pgcdc, batches, every value read, metrics scraped each second";
    static final String SINGLE_SCRAPED = "pgcdc, one by one, every value read, metrics scraped each second";
    /** What follows the name of a contender that runs with the component of an earlier build ({@code -Dbefore=}). */
    static final String BEFORE = ", before";

    private static final String STREAM = "expressCatchUp=false";

    private static final Map<String, Contender> ALL = new LinkedHashMap<>();

    static {
        ALL.put(RAW_COPY, new RawCopy(1, true));
        ALL.put(RAW_COPY_TEXT, new RawCopy(1, false));
        ALL.put(RAW_COPY_TWICE, new RawCopy(2, true));
        ALL.put(RAW_STREAM, new RawStream(false));
        ALL.put(RAW_STREAM_BINARY, new RawStream(true));
        ALL.put(RAW_CHUNKS, new RawChunks());
        ALL.put(RECVLOGICAL, new RecvLogical());
        ALL.put(ENGINE, new Engine());
        ALL.put(BATCHES, new PgCdcRoute(STREAM + "&batching=true&copyConnectionsPerTable=1", false));
        ALL.put(BATCHES_READ, new PgCdcRoute(STREAM + "&batching=true&copyConnectionsPerTable=1", true));
        ALL.put(BATCHES_READ_TWO, new PgCdcRoute(STREAM + "&batching=true&copyConnectionsPerTable=2", true));
        ALL.put(IN_PROGRESS, new PgCdcRoute(STREAM + "&batching=true&streamTransactions=true", true));
        ALL.put(SINGLE, new PgCdcRoute(STREAM + "&copyConnectionsPerTable=1", false));
        ALL.put(SINGLE_READ, new PgCdcRoute(STREAM + "&copyConnectionsPerTable=1", true));
        ALL.put(BATCHES_SCRAPED, new ScrapedRoute(STREAM + "&batching=true&copyConnectionsPerTable=1"));
        ALL.put(SINGLE_SCRAPED, new ScrapedRoute(STREAM + "&copyConnectionsPerTable=1"));
        ALL.put(EXPRESS, new PgCdcRoute("expressBacklogBytes=0&batching=true", true));
        ALL.put(EXPRESS_SINGLE, new PgCdcRoute("expressBacklogBytes=0", true));
        ALL.put(DEBEZIUM, new DebeziumRoute(false));
        ALL.put(SINGLE_TIMED, new PgCdcRoute("", true, true));
        ALL.put(BATCHES_TIMED, new PgCdcRoute(STREAM + "&batching=true", true, true));
        ALL.put(IN_PROGRESS_TIMED, new PgCdcRoute(STREAM + "&batching=true&streamTransactions=true", true, true));
        ALL.put(DEBEZIUM_TIMED, new DebeziumRoute(true));
        ALL.put(CONTEXT, new BareContext());
        ALL.put(START, new PgCdcRoute("", false));
    }

    private Contenders() {
    }

    static Contender named(String name) {
        Contender contender = ALL.get(name);
        if (contender == null) {
            throw new IllegalArgumentException("no contender is named " + name);
        }
        return contender;
    }
}

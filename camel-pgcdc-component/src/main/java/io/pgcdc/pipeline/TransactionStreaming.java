package io.pgcdc.pipeline;

import java.io.IOException;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the server sends large transactions while they are in progress. Kept over the runs of a pipeline: where they
 * can't be stored here, they are left to the server. Thread-safe.
 */
final class TransactionStreaming {

    private static final Logger LOG = LoggerFactory.getLogger(TransactionStreaming.class);

    private final PipelineSettings settings;
    private volatile boolean on;

    TransactionStreaming(PipelineSettings settings) {
        this.settings = settings;
        // Of a message the server does not say which subtransaction it is of, and that may be rolled back.
        this.on = settings.streamTransactions() && !settings.includeMessages();
        if (settings.streamTransactions() && !on) {
            LOG.warn(
                    "Pipeline {}: large transactions are left to the server until they are committed, because of includeMessages",
                    settings.name());
        }
    }

    boolean isOn() {
        return on;
    }

    TransactionSpools newSpools() {
        return new TransactionSpools(settings.streamedTransactionBytes());
    }

    /**
     * For the pipeline to start again, without: by which announcement a relation's rows are to be read is not certain.
     */
    PgCdcException ambiguous() {
        on = false;
        LOG.warn("Pipeline {}: large transactions are left to the server until they are committed, for what is published of a "
                 + "table changed amid them",
                settings.name());
        return new PgCdcException(
                ErrorCode.SERVER_NOT_READY, "What is published of a table changed amid transactions in progress",
                "The pipeline starts again by itself, and leaves large transactions to the server");
    }

    /** For the pipeline to start again, without. */
    PgCdcException failed(IOException cause) {
        on = false;
        LOG.warn("Pipeline {}: large transactions are left to the server until they are committed, for they can't be "
                 + "stored in {}: {}",
                settings.name(), System.getProperty("java.io.tmpdir"), cause.getMessage());
        return new PgCdcException(
                ErrorCode.SERVER_NOT_READY, "A transaction in progress can't be stored: " + cause.getMessage(),
                "The pipeline starts again by itself, and leaves large transactions to the server; for the next start make "
                                                                                                                + "room in java.io.tmpdir",
                cause);
    }
}

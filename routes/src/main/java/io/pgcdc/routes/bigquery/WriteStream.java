package io.pgcdc.routes.bigquery;

import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

import com.google.api.core.ApiFuture;
import com.google.cloud.bigquery.storage.v1.AppendRowsResponse;
import com.google.cloud.bigquery.storage.v1.BigQueryWriteClient;
import com.google.cloud.bigquery.storage.v1.ProtoRows;
import com.google.cloud.bigquery.storage.v1.ProtoSchema;
import com.google.cloud.bigquery.storage.v1.StreamWriter;
import com.google.cloud.bigquery.storage.v1.TableName;

/**
 * The default stream of a table for rows of one shape. A connection that is lost for good is replaced with the next
 * rows. Rows may still be sent when it has been closed; the connection for them closes behind them. Thread-safe.
 */
final class WriteStream {

    private final BigQueryWriteClient client;
    private final Executor closer;
    private final TableName table;
    private final ProtoSchema schema;
    private final AtomicInteger onTheirWay = new AtomicInteger();
    private volatile boolean closed;
    private StreamWriter writer;

    /** @param closer where connections are closed, which may take minutes */
    WriteStream(BigQueryWriteClient client, Executor closer, TableName table, ProtoSchema schema) {
        this.client = client;
        this.closer = closer;
        this.table = table;
        this.schema = schema;
    }

    /** Sends rows; the future fails if they are not accepted. Blocks while very much is on its way. */
    ApiFuture<AppendRowsResponse> append(ProtoRows rows) throws IOException {
        onTheirWay.incrementAndGet();
        try {
            ApiFuture<AppendRowsResponse> answer = writer().append(rows);
            answer.addListener(this::ended, Runnable::run);
            return answer;
        } catch (IOException | RuntimeException e) {
            ended();
            throw e;
        }
    }

    private void ended() {
        if (onTheirWay.decrementAndGet() == 0 && closed) {
            closeWriter();
        }
    }

    private synchronized StreamWriter writer() throws IOException {
        if (writer == null || writer.isClosed()) {
            closeWriter();
            writer = StreamWriter.newBuilder(StreamWriter.getDefaultStreamName(table), client)
                    .setWriterSchema(schema)
                    .build();
        }
        return writer;
    }

    void close() {
        closed = true;
        closeWriter();
    }

    private synchronized void closeWriter() {
        if (writer != null) {
            closer.execute(writer::close);
            writer = null;
        }
    }
}

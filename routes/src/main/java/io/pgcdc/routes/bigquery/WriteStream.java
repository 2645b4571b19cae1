package io.pgcdc.routes.bigquery;

import java.io.IOException;
import java.util.concurrent.Executor;

import com.google.api.core.ApiFuture;
import com.google.cloud.bigquery.storage.v1.AppendRowsResponse;
import com.google.cloud.bigquery.storage.v1.BigQueryWriteClient;
import com.google.cloud.bigquery.storage.v1.ProtoRows;
import com.google.cloud.bigquery.storage.v1.ProtoSchema;
import com.google.cloud.bigquery.storage.v1.StreamWriter;
import com.google.cloud.bigquery.storage.v1.TableName;

/**
 * The default stream of a table for rows of one shape. A connection that is lost for good is replaced with the next
 * rows. Thread-safe.
 */
final class WriteStream {

    private final BigQueryWriteClient client;
    private final Executor closer;
    private final TableName table;
    private final ProtoSchema schema;
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
        return writer().append(rows);
    }

    private synchronized StreamWriter writer() throws IOException {
        if (writer == null || writer.isClosed()) {
            close();
            writer = StreamWriter.newBuilder(StreamWriter.getDefaultStreamName(table), client)
                    .setWriterSchema(schema)
                    .build();
        }
        return writer;
    }

    synchronized void close() {
        if (writer != null) {
            closer.execute(writer::close);
            writer = null;
        }
    }
}

package io.pgcdc.pipeline;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.pgcdc.model.Column;
import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableSchema;
import io.pgcdc.pgoutput.Subscription;
import io.pgcdc.postgres.PgReplicationClient;
import io.pgcdc.types.Codecs;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the values of changes come in their types' binary form, which takes the server and us less work; the server
 * knows that choice for a whole stream only. So it is made where every type of the publication can be read in binary.
 * Kept over the runs of a pipeline: where a value turned up that can't be, text it is. Thread-safe.
 */
final class StreamFormat {

    private static final Logger LOG = LoggerFactory.getLogger(StreamFormat.class);

    private final PipelineSettings settings;
    private final PgReplicationClient client;
    private volatile boolean told;
    private volatile boolean refused;

    StreamFormat(PipelineSettings settings, PgReplicationClient client) {
        this.settings = settings;
        this.client = client;
    }

    /** Looks at the publication's types as they are now. */
    boolean isToBeBinary() {
        if (refused) {
            return false;
        }
        Map<Long, String> types = client.publishedTypes(settings.publication());
        Codecs codecs = settings.codecs();
        codecs.learn(types);
        List<String> asText = types.keySet().stream().filter(oid -> codecs.binaryCodec(oid) == null).map(types::get).sorted()
                .toList();
        if (!asText.isEmpty() && !told) {
            told = true;
            LOG.info("Pipeline {}: changes come as text, not in binary, because of columns of type {}", settings.name(),
                    String.join(", ", asText));
        }
        return asText.isEmpty();
    }

    /** The server has broken a binary stream off, for a value has no binary form: all come as text from then on. */
    void refuse() {
        refused = true;
        LOG.warn("Pipeline {}: the server has no binary form of a value in its log; changes come as text from now on",
                settings.name());
    }

    /**
     * What a worker wants of a relation that a binary stream has announced.
     *
     * @param wanted by the worker, whatever the form
     */
    Subscription ofBinary(Subscription wanted, TableSchema announced) {
        Map<Long, String> types = new HashMap<>();
        announced.columns().forEach(column -> types.put(column.typeOid(), column.typeName()));
        settings.codecs().learn(types);
        for (Column column : announced.columns()) {
            if (settings.codecs().binaryCodec(column.typeOid()) == null) {
                return new Unreadable(wanted, announced, column);
            }
        }
        return wanted;
    }

    /** A relation of which no row can be read before the stream is started anew, as text. */
    private final class Unreadable implements Subscription {
        private final Subscription wanted;
        private final TableSchema announced;
        private final Column column;

        private Unreadable(Subscription wanted, TableSchema announced, Column column) {
            this.wanted = wanted;
            this.announced = announced;
            this.column = column;
        }

        @Override
        public TableSchema schema() {
            return wanted.schema();
        }

        @Override
        public boolean accepts(long commitLsn) {
            if (wanted.accepts(commitLsn)) {
                refused = true;
                throw new PgCdcException(
                        ErrorCode.SERVER_NOT_READY,
                        "Column " + column.name() + " of table " + announced.table() + " has a type that is read as text, and "
                                                    + "changes came in binary so far",
                        "The pipeline starts again by itself, and has all changes as text from then on");
            }
            return false;
        }
    }
}

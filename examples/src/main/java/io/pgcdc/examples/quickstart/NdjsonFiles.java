package io.pgcdc.examples.quickstart;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Operation;
import io.pgcdc.model.TableId;

/**
 * A file of newline-delimited JSON per table, {@code <schema>.
 *
<table>
 * .ndjson}, that changes are appended to: {@code {"op":"update","id":"…","key":{…},"row":{…}}}, with {@code "before"}
 * where PostgreSQL sent the old row or key.
 *
 * <p>
 * Delivery is at least once, so that after a crash some lines may be there twice; they carry the same {@code id}.
 */
final class NdjsonFiles implements AutoCloseable {

    static final String SUFFIX = ".ndjson";
    private static final ObjectMapper MAPPER
            = JsonMapper.builder().enable(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN).build();

    private final Path directory;
    private final Map<TableId, TableFile> files = new ConcurrentHashMap<>();

    NdjsonFiles(Path directory) {
        this.directory = directory;
    }

    /** The file of a table; what no file's name may hold is escaped. */
    static Path fileOf(Path directory, TableId table) {
        String name = table.toString().replaceAll("[^\\p{L}\\p{N} ._-]", "_");
        String unique = name.equals(table.toString()) ? name : name + '-' + Integer.toHexString(table.hashCode());
        return directory.resolve(unique + SUFFIX);
    }

    /** Appends a batch of one table; when this returns, the file has it. */
    void append(List<ChangeEvent> batch) throws IOException {
        for (int from = 0; from < batch.size();) {
            TableId table = batch.get(from).table();
            int to = from + 1;
            while (to < batch.size() && table != null && table.equals(batch.get(to).table())) {
                to++;
            }
            if (table != null) {
                fileOf(table).append(batch.subList(from, to));
            }
            from = to;
        }
    }

    private TableFile fileOf(TableId table) throws IOException {
        try {
            return files.computeIfAbsent(table, missing -> new TableFile(fileOf(directory, missing)));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Override
    public void close() throws IOException {
        for (TableFile file : files.values()) {
            file.close();
        }
    }

    /** Several threads may write to one table during its copy. */
    private static final class TableFile {
        private final BufferedWriter writer;
        private final JsonGenerator json;

        TableFile(Path path) {
            try {
                Files.createDirectories(path.getParent());
                writer = Files.newBufferedWriter(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                json = MAPPER.createGenerator(writer);
                json.setRootValueSeparator(null);
                json.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        synchronized void append(List<ChangeEvent> events) throws IOException {
            for (ChangeEvent event : events) {
                if (isKept(event.operation())) {
                    write(event);
                }
            }
            json.flush();
            writer.flush();
        }

        private static boolean isKept(Operation operation) {
            return operation.isRow() || operation == Operation.TRUNCATE || operation == Operation.COPY_START;
        }

        private void write(ChangeEvent event) throws IOException {
            json.writeStartObject();
            json.writeStringField("op", event.operation().text());
            json.writeStringField("id", event.eventId());
            if (event.operation().isRow()) {
                json.writePOJOField("key", event.key());
                if (event.before() != null) {
                    json.writePOJOField("before", event.before());
                }
                json.writePOJOField("row", event);
            }
            json.writeEndObject();
            json.writeRaw('\n');
        }

        synchronized void close() throws IOException {
            json.close();
        }
    }
}

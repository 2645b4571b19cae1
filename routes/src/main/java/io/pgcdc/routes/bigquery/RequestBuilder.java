package io.pgcdc.routes.bigquery;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

import com.google.cloud.bigquery.storage.v1.ProtoRows;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnsafeByteOperations;
import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;

/**
 * Gathers rows, and hands them on whenever one more would make a request of too many rows or bytes. The rows of a
 * request lie in one array. For one thread.
 */
final class RequestBuilder {

    /** Tag and length of a row within its request. */
    private static final int ROW_OVERHEAD = 6;
    private static final int INITIAL_BYTES = 64 * 1024;

    private final int maxRows;
    private final long maxBytes;
    private final BiConsumer<ProtoRows, List<ChangeEvent>> target;

    private final List<ChangeEvent> events = new ArrayList<>();
    private final List<Integer> ends = new ArrayList<>();
    private OwnedBytes bytes = new OwnedBytes(INITIAL_BYTES);
    private CodedOutputStream out = CodedOutputStream.newInstance(bytes);

    /** @param target gets the rows of each request, with the event of each row */
    RequestBuilder(int maxRows, long maxBytes, BiConsumer<ProtoRows, List<ChangeEvent>> target) {
        this.maxRows = maxRows;
        this.maxBytes = maxBytes;
        this.target = target;
    }

    CodedOutputStream beginRow() {
        return out;
    }

    /** @throws PgCdcException if the row alone is too large for a request */
    void endRow(ChangeEvent event) throws IOException {
        out.flush();
        int start = ends.isEmpty() ? 0 : ends.get(ends.size() - 1);
        int end = bytes.size();
        if (end - start + ROW_OVERHEAD > maxBytes) {
            throw new PgCdcException(
                    ErrorCode.DESTINATION,
                    "The row of the event " + event.eventId() + " of " + event.table() + " has " + (end - start)
                                           + " bytes, and a request to BigQuery at most " + maxBytes,
                    "Leave the column with the large values out of the publication's column list");
        }
        if (!ends.isEmpty() && (ends.size() == maxRows || end + (ends.size() + 1L) * ROW_OVERHEAD > maxBytes)) {
            byte[] row = bytes.copy(start, end);
            handOn();
            bytes.write(row);
        }
        events.add(event);
        ends.add(bytes.size());
    }

    /** Hands on what is there. */
    void finish() {
        if (!ends.isEmpty()) {
            handOn();
        }
    }

    private void handOn() {
        ByteString all = bytes.asByteString();
        ProtoRows.Builder rows = ProtoRows.newBuilder();
        int start = 0;
        for (int end : ends) {
            rows.addSerializedRows(all.substring(start, end));
            start = end;
        }
        List<ChangeEvent> eventOfRow = List.copyOf(events);
        events.clear();
        ends.clear();
        bytes = new OwnedBytes(INITIAL_BYTES);
        out = CodedOutputStream.newInstance(bytes);
        target.accept(rows.build(), eventOfRow);
    }

    /** Gives its array away instead of copying it. */
    private static final class OwnedBytes extends ByteArrayOutputStream {
        OwnedBytes(int size) {
            super(size);
        }

        byte[] copy(int from, int to) {
            return java.util.Arrays.copyOfRange(buf, from, to);
        }

        ByteString asByteString() {
            return UnsafeByteOperations.unsafeWrap(buf, 0, count);
        }
    }
}

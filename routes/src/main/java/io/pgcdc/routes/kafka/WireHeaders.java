package io.pgcdc.routes.kafka;

import java.nio.charset.StandardCharsets;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

import io.pgcdc.camel.PgCdcConstants;
import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.Operation;
import io.pgcdc.model.TableId;
import io.pgcdc.model.Transaction;
import org.apache.camel.Message;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/** The headers of records, all of them text in UTF-8. What many records have in common is made once. */
final class WireHeaders {

    static final String OPERATION = "pgcdc.op";
    static final String EVENT_ID = "pgcdc.event_id";
    static final String LSN = "pgcdc.lsn";
    static final String SCHEMA = "pgcdc.schema";
    static final String TABLE = "pgcdc.table";
    static final String XID = "pgcdc.xid";
    static final String COMMIT_TIMESTAMP = "pgcdc.commit_timestamp";
    static final String DATABASE = "pgcdc.database";
    static final String PIPELINE = "pgcdc.pipeline";
    static final String SYSTEM = "pgcdc.system";

    private static final int HEADERS = 13;

    private final List<Header> common = new ArrayList<>();
    private TableId table;
    private List<Header> ofTable = List.of();
    private Transaction transaction;
    private List<Header> ofTransaction = List.of();

    /** @param message says which database, pipeline and server it is */
    WireHeaders(Message message, KafkaFormat format) {
        add(common, DATABASE, message.getHeader(PgCdcConstants.DATABASE, String.class));
        add(common, PIPELINE, message.getHeader(PgCdcConstants.PIPELINE, String.class));
        add(common, SYSTEM, message.getHeader(PgCdcConstants.SYSTEM_IDENTIFIER, String.class));
        add(common, "content-type", format.contentType());
    }

    /** @param operation what the record is, which may be less than what the change is */
    List<Header> of(ChangeEvent change, Operation operation) {
        List<Header> headers = new ArrayList<>(HEADERS);
        add(headers, OPERATION, operation.text());
        add(headers, EVENT_ID, change.eventId());
        add(headers, LSN, Lsn.toString(change.lsn()));
        if (!change.transaction().equals(transaction)) {
            transaction = change.transaction();
            ofTransaction = ofTransaction(transaction);
        }
        headers.addAll(ofTransaction);
        if (!change.table().equals(table)) {
            table = change.table();
            ofTable = List.of(header(SCHEMA, table.schema()), header(TABLE, table.name()));
        }
        headers.addAll(ofTable);
        headers.addAll(common);
        return headers;
    }

    private static List<Header> ofTransaction(Transaction transaction) {
        List<Header> headers = new ArrayList<>();
        if (transaction.xid() != 0) {
            add(headers, XID, Long.toString(transaction.xid()));
        }
        if (transaction.commitTimestamp() != null) {
            add(headers, COMMIT_TIMESTAMP, DateTimeFormatter.ISO_INSTANT.format(transaction.commitTimestamp()));
        }
        return headers;
    }

    private static void add(List<Header> headers, String name, String value) {
        if (value != null) {
            headers.add(header(name, value));
        }
    }

    private static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }
}

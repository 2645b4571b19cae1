package io.pgcdc.routes.bigquery;

import java.io.IOException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Objects;

import com.google.cloud.bigquery.storage.v1.BigDecimalByteStringEncoder;
import com.google.cloud.bigquery.storage.v1.CivilTimeEncoder;
import com.google.cloud.bigquery.storage.v1.ProtoSchema;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Operation;
import io.pgcdc.model.TableSchema;

/**
 * Writes the changes of one shape of a table as the protobuf rows that the Storage Write API takes, value by value into
 * the stream. Immutable, so any number of threads may use it at once.
 *
 * <p>
 * A change is an UPSERT of the whole row or a DELETE of its key; one that gives a row another key is both, the DELETE
 * of the old key first. BigQuery applies them by their sequence number: position of the commit, index in the
 * transaction, and 0 or 1 for the two parts of one change. So neither a replay nor a retry out of order can bring back
 * an older row.
 */
final class RowEncoder {

    private static final String CHANGE_TYPE = "_CHANGE_TYPE";
    private static final String CHANGE_SEQUENCE_NUMBER = "_CHANGE_SEQUENCE_NUMBER";
    private static final String UPSERT = "UPSERT";
    private static final String DELETE = "DELETE";

    private final TableSchema schema;
    private final PhysicalColumn[] columns;
    private final boolean log;
    private final int changeType;
    private final ProtoSchema protoSchema;

    /** @param columns what each column of the source is kept in, in the order of the source's columns */
    RowEncoder(TableSchema schema, PhysicalColumn[] columns) {
        this.schema = schema;
        this.columns = columns.clone();
        this.log = Layout.isLog(schema);
        DescriptorProto.Builder row = DescriptorProto.newBuilder().setName("Row");
        for (PhysicalColumn column : columns) {
            add(row, column.name(), column.type());
        }
        this.changeType = add(row, CHANGE_TYPE, BigQueryType.STRING);
        add(row, CHANGE_SEQUENCE_NUMBER, BigQueryType.STRING);
        if (log) {
            Layout.LOG_COLUMNS.forEach(column -> add(row, column.name(), column.type()));
        }
        this.protoSchema = ProtoSchema.newBuilder().setProtoDescriptor(row).build();
    }

    private static int add(DescriptorProto.Builder row, String name, BigQueryType type) {
        int number = row.getFieldCount() + 1;
        row.addField(FieldDescriptorProto.newBuilder()
                .setName(name)
                .setNumber(number)
                .setType(type.wire())
                .setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL));
        return number;
    }

    ProtoSchema protoSchema() {
        return protoSchema;
    }

    /**
     * Adds the one or two rows of a change.
     *
     * @throws io.pgcdc.model.PgCdcException if a value does not fit its column, or was not sent
     */
    void encode(ChangeEvent event, RequestBuilder rows) throws IOException {
        if (log) {
            logRow(event, rows);
        } else if (event.operation() == Operation.DELETE) {
            deletion(event, event, rows);
        } else if (changesKey(event)) {
            deletion(event, event.before(), rows);
            upsert(event, "/1", rows);
        } else {
            upsert(event, "/0", rows);
        }
    }

    /** Whether an update gave its row another key. */
    static boolean changesKey(ChangeEvent event) {
        Map<String, Object> before = event.before();
        if (event.operation() != Operation.UPDATE || before == null) {
            return false;
        }
        TableSchema schema = event.tableSchema();
        for (int i = 0; i < schema.keySize(); i++) {
            int position = schema.keyPosition(i);
            String name = schema.columns().get(position).name();
            if (before.containsKey(name) && !Objects.deepEquals(before.get(name), event.value(position))) {
                return true;
            }
        }
        return false;
    }

    private void deletion(ChangeEvent event, Map<String, Object> row, RequestBuilder rows) throws IOException {
        CodedOutputStream out = rows.beginRow();
        for (int i = 0; i < schema.keySize(); i++) {
            int position = schema.keyPosition(i);
            write(event, position, row.get(schema.columns().get(position).name()), out);
        }
        pseudoColumns(DELETE, sequence(event) + "/0", out);
        rows.endRow(event);
    }

    private void upsert(ChangeEvent event, String part, RequestBuilder rows) throws IOException {
        CodedOutputStream out = rows.beginRow();
        wholeRow(event, out);
        pseudoColumns(UPSERT, sequence(event) + part, out);
        rows.endRow(event);
    }

    /** The event's id is its key, so that what comes twice is there once. */
    private void logRow(ChangeEvent event, RequestBuilder rows) throws IOException {
        CodedOutputStream out = rows.beginRow();
        wholeRow(event, out);
        String sequence = sequence(event);
        pseudoColumns(UPSERT, sequence, out);
        int number = changeType + 2;
        out.writeString(number, event.operation().text());
        out.writeString(number + 1, sequence);
        Instant committed = event.transaction().commitTimestamp();
        if (committed != null) {
            out.writeInt64(number + 2, Values.micros(LocalDateTime.ofInstant(committed, ZoneOffset.UTC)));
        }
        rows.endRow(event);
    }

    private void wholeRow(ChangeEvent event, CodedOutputStream out) throws IOException {
        for (int i = 0; i < columns.length; i++) {
            if (event.isPresent(i)) {
                write(event, i, event.value(i), out);
            } else if (event.operation() != Operation.DELETE) {
                throw RowFailures.notSent(event, i);
            }
        }
    }

    private void pseudoColumns(String type, String sequence, CodedOutputStream out) throws IOException {
        out.writeString(changeType, type);
        out.writeString(changeType + 1, sequence);
    }

    /** Hexadecimal in lower case: the event id's two numbers. */
    static String sequence(ChangeEvent event) {
        char[] text = new char[33];
        hexadecimal(event.transaction().commitLsn(), text, 0);
        text[16] = '/';
        hexadecimal(event.ordinal(), text, 17);
        return new String(text);
    }

    private static void hexadecimal(long value, char[] target, int at) {
        for (int i = 0; i < 16; i++) {
            target[at + i] = Character.forDigit((int) (value >>> 60 - 4 * i) & 0xF, 16);
        }
    }

    private void write(ChangeEvent event, int position, Object value, CodedOutputStream out) throws IOException {
        // What is not in the row is NULL.
        if (value != null) {
            try {
                write(position + 1, columns[position].type(), value, out);
            } catch (UnfitValueException e) {
                throw RowFailures.unfit(event, position, e, RowFailures.TEXT_COLUMN);
            }
        }
    }

    private static void write(int number, BigQueryType type, Object value, CodedOutputStream out)
            throws IOException, UnfitValueException {
        switch (type) {
            case BOOL -> out.writeBool(number, Values.bool(value));
            case INT64 -> out.writeInt64(number, Values.int64(value));
            case FLOAT64 -> out.writeDouble(number, Values.float64(value));
            case NUMERIC -> out.writeBytes(
                    number, BigDecimalByteStringEncoder.encodeToNumericByteString(Values.numeric(value)));
            case BIGNUMERIC -> out.writeBytes(
                    number, BigDecimalByteStringEncoder.encodeToBigNumericByteString(Values.bigNumeric(value)));
            case STRING -> out.writeString(number, Values.string(value));
            case JSON -> out.writeString(number, Values.json(value));
            case BYTES -> out.writeByteArray(number, Values.bytes(value));
            case DATE -> out.writeInt32(number, (int) IsoTimes.date(value).toEpochDay());
            case TIME -> out.writeInt64(
                    number, CivilTimeEncoder.encodePacked64TimeMicrosLocalTime(IsoTimes.time(value)));
            case DATETIME -> out.writeInt64(
                    number, CivilTimeEncoder.encodePacked64DatetimeMicrosLocalDateTime(IsoTimes.dateTime(value)));
            case TIMESTAMP -> out.writeInt64(number, Values.micros(IsoTimes.timestamp(value)));
        }
    }
}

package io.pgcdc.routes.bigquery.fake;

import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.google.cloud.bigquery.storage.v1.BigDecimalByteStringEncoder;
import com.google.cloud.bigquery.storage.v1.CivilTimeEncoder;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.WireFormat;

/** Reads the protobuf rows of a connection, and refuses what the table or the rules of change capture do not allow. */
final class FakeProtoRows {

    private static final String CHANGE_TYPE = "_CHANGE_TYPE";
    private static final String CHANGE_SEQUENCE_NUMBER = "_CHANGE_SEQUENCE_NUMBER";
    private static final int FIRST_DAY = -719162;
    private static final int LAST_DAY = 2932896;
    private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999Z");

    private final FakeTable table;
    private final Descriptor descriptor;
    /** By the numbers of their fields. */
    private final Map<Integer, FakeColumn> columns = new HashMap<>();
    private final List<String> unknownFields = new ArrayList<>();
    private final List<FakeColumn> required;
    private FieldDescriptor changeType;
    private FieldDescriptor sequence;

    FakeProtoRows(FakeTable table, DescriptorProto row) {
        this.table = table;
        this.descriptor = descriptor(row);
        for (FieldDescriptor field : descriptor.getFields()) {
            if (field.getName().equalsIgnoreCase(CHANGE_TYPE)) {
                changeType = field;
            } else if (field.getName().equalsIgnoreCase(CHANGE_SEQUENCE_NUMBER)) {
                sequence = field;
            } else if (table.column(field.getName()).isPresent()) {
                FakeColumn column = table.column(field.getName()).get();
                requireWireType(field, column);
                columns.put(field.getNumber(), column);
            } else {
                unknownFields.add(field.getName());
            }
        }
        if (changeType == null || sequence == null) {
            throw Refusal.invalid("Rows have no change type and sequence number");
        }
        if (table.key().isEmpty()) {
            throw Refusal.invalid("Change type on a table without a primary key");
        }
        this.required = table.columns().stream().filter(FakeColumn::required).toList();
    }

    private static Descriptor descriptor(DescriptorProto row) {
        try {
            FileDescriptorProto file = FileDescriptorProto.newBuilder().setName("row.proto").addMessageType(row).build();
            return Descriptors.FileDescriptor.buildFrom(file, new Descriptors.FileDescriptor[0])
                    .getMessageTypes().get(0);
        } catch (Descriptors.DescriptorValidationException e) {
            throw Refusal.invalid("Writer schema: " + e.getMessage());
        }
    }

    private static void requireWireType(FieldDescriptor field, FakeColumn column) {
        FieldDescriptor.Type expected = switch (column.type()) {
            case "BOOL" -> FieldDescriptor.Type.BOOL;
            case "INT64", "TIME", "DATETIME", "TIMESTAMP" -> FieldDescriptor.Type.INT64;
            case "FLOAT64" -> FieldDescriptor.Type.DOUBLE;
            case "NUMERIC", "BIGNUMERIC", "BYTES" -> FieldDescriptor.Type.BYTES;
            case "STRING", "JSON" -> FieldDescriptor.Type.STRING;
            case "DATE" -> FieldDescriptor.Type.INT32;
            default -> throw Refusal.invalid("Type " + column.type());
        };
        if (field.getType() != expected || field.isRepeated() || field.isRequired()) {
            throw Refusal.invalid("The proto field mismatched with BigQuery field at " + column.name());
        }
    }

    List<String> unknownFields() {
        return unknownFields;
    }

    FakeTable.Written read(ByteString serialized) {
        String type = "";
        String number = "";
        Map<String, Object> values = new HashMap<>(columns.size() * 2);
        try {
            CodedInputStream in = serialized.newCodedInput();
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                FieldDescriptor field = descriptor.findFieldByNumber(WireFormat.getTagFieldNumber(tag));
                if (field == null) {
                    throw Refusal.invalid("Unknown fields");
                }
                Object value = read(in, field, WireFormat.getTagWireType(tag));
                if (field == changeType) {
                    type = (String) value;
                } else if (field == sequence) {
                    number = (String) value;
                } else {
                    FakeColumn column = columns.get(field.getNumber());
                    values.put(column.name(), value(column, value));
                }
            }
        } catch (IOException e) {
            throw Refusal.invalid("Not a row");
        }
        if (!type.equals("UPSERT") && !type.equals("DELETE")) {
            throw Refusal.invalid("Change type " + type);
        }
        FakeTable.sequence(number);
        for (FakeColumn column : required) {
            if (!values.containsKey(column.name())) {
                throw Refusal.invalid("Required field " + column.name() + " is missing");
            }
        }
        return new FakeTable.Written(type, number, values);
    }

    private static Object read(CodedInputStream in, FieldDescriptor field, int wireType) throws IOException {
        if (wireType != field.getLiteType().getWireType()) {
            throw Refusal.invalid("Wire type of " + field.getName());
        }
        return switch (field.getType()) {
            case BOOL -> in.readBool();
            case INT32 -> in.readInt32();
            case INT64 -> in.readInt64();
            case DOUBLE -> in.readDouble();
            case STRING -> in.readStringRequireUtf8();
            case BYTES -> in.readBytes();
            default -> throw Refusal.invalid("Type of " + field.getName());
        };
    }

    private static Object value(FakeColumn column, Object value) {
        return switch (column.type()) {
            case "NUMERIC" -> number(BigDecimalByteStringEncoder.decodeNumericByteString((ByteString) value), 29, 9);
            case "BIGNUMERIC" -> number(BigDecimalByteStringEncoder.decodeBigNumericByteString((ByteString) value), 38, 38);
            case "BYTES" -> value;
            case "DATE" -> date((Integer) value);
            case "TIME" -> CivilTimeEncoder.decodePacked64TimeMicrosLocalTime((Long) value);
            case "DATETIME" -> CivilTimeEncoder.decodePacked64DatetimeMicrosLocalDateTime((Long) value);
            case "TIMESTAMP" -> timestamp((Long) value);
            default -> value;
        };
    }

    private static BigDecimal number(BigDecimal value, int integerDigits, int scale) {
        BigDecimal number = value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
        if (number.scale() > scale || number.precision() - number.scale() > integerDigits) {
            throw Refusal.invalid("Number out of range");
        }
        return number;
    }

    private static LocalDate date(int days) {
        if (days < FIRST_DAY || days > LAST_DAY) {
            throw Refusal.invalid("Date out of range");
        }
        return LocalDate.ofEpochDay(days);
    }

    private static Instant timestamp(long micros) {
        Instant instant = Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
        if (instant.isBefore(FIRST) || instant.isAfter(LAST)) {
            throw Refusal.invalid("Timestamp out of range");
        }
        return instant;
    }
}

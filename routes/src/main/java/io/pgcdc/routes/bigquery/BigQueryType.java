package io.pgcdc.routes.bigquery;

import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;

/** The column types that are used, each with the protobuf type that its values are sent as. */
enum BigQueryType {
    BOOL(FieldDescriptorProto.Type.TYPE_BOOL),
    INT64(FieldDescriptorProto.Type.TYPE_INT64),
    FLOAT64(FieldDescriptorProto.Type.TYPE_DOUBLE),
    NUMERIC(FieldDescriptorProto.Type.TYPE_BYTES),
    BIGNUMERIC(FieldDescriptorProto.Type.TYPE_BYTES),
    STRING(FieldDescriptorProto.Type.TYPE_STRING),
    JSON(FieldDescriptorProto.Type.TYPE_STRING),
    BYTES(FieldDescriptorProto.Type.TYPE_BYTES),
    DATE(FieldDescriptorProto.Type.TYPE_INT32),
    TIME(FieldDescriptorProto.Type.TYPE_INT64),
    DATETIME(FieldDescriptorProto.Type.TYPE_INT64),
    TIMESTAMP(FieldDescriptorProto.Type.TYPE_INT64);

    private final FieldDescriptorProto.Type wire;

    BigQueryType(FieldDescriptorProto.Type wire) {
        this.wire = wire;
    }

    FieldDescriptorProto.Type wire() {
        return wire;
    }

    /** Whether such a column can be part of a primary key, and a table be clustered by it. */
    boolean keys() {
        return switch (this) {
            case BOOL, INT64, NUMERIC, BIGNUMERIC, STRING, DATE, DATETIME, TIMESTAMP -> true;
            case FLOAT64, JSON, BYTES, TIME -> false;
        };
    }

    /** Whether a column of this type holds every value of a column that would be made as the other one. */
    boolean holds(BigQueryType other) {
        return switch (this) {
            case STRING -> true;
            case BIGNUMERIC -> other == BIGNUMERIC || other == NUMERIC || other == INT64;
            case NUMERIC -> other == NUMERIC || other == INT64;
            default -> this == other;
        };
    }
}

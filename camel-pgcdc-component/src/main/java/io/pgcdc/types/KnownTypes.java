package io.pgcdc.types;

import java.util.List;

/** The table of the types that have a codec. A new type is a new row here, and its codec a small class beside. */
final class KnownTypes {

    static final List<KnownType> ALL = List.of(
            type(TypeOids.BOOL, "bool", TypeOids.BOOL_ARRAY, BooleanCodec::decode),

            type(TypeOids.INT2, "int2", TypeOids.INT2_ARRAY, IntegerCodecs::int2),
            type(TypeOids.INT4, "int4", TypeOids.INT4_ARRAY, IntegerCodecs::int4),
            type(TypeOids.INT8, "int8", TypeOids.INT8_ARRAY, IntegerCodecs::int8),
            type(TypeOids.OID, "oid", TypeOids.OID_ARRAY, IntegerCodecs::oid),

            type(TypeOids.FLOAT4, "float4", TypeOids.FLOAT4_ARRAY, FloatCodecs::portableFloat4, FloatCodecs::float4),
            type(TypeOids.FLOAT8, "float8", TypeOids.FLOAT8_ARRAY, FloatCodecs::portableFloat8, FloatCodecs::float8),
            type(TypeOids.NUMERIC, "numeric", TypeOids.NUMERIC_ARRAY, NumericCodecs::portable, NumericCodecs::java),

            type(TypeOids.TEXT, "text", TypeOids.TEXT_ARRAY, TextCodecs::text),
            type(TypeOids.VARCHAR, "varchar", TypeOids.VARCHAR_ARRAY, TextCodecs::text),
            type(TypeOids.BPCHAR, "bpchar", TypeOids.BPCHAR_ARRAY, TextCodecs::text),
            type(TypeOids.NAME, "name", TypeOids.NAME_ARRAY, TextCodecs::text),
            type(TypeOids.CHAR, "char", TypeOids.CHAR_ARRAY, TextCodecs::text),
            type(TypeOids.JSON, "json", TypeOids.JSON_ARRAY, TextCodecs::json),
            type(TypeOids.JSONB, "jsonb", TypeOids.JSONB_ARRAY, TextCodecs::jsonb),

            type(TypeOids.BYTEA, "bytea", TypeOids.BYTEA_ARRAY, ByteaCodecs::portable, ByteaCodecs::java),
            type(TypeOids.UUID, "uuid", TypeOids.UUID_ARRAY, UuidCodecs::portable, UuidCodecs::java),

            type(TypeOids.DATE, "date", TypeOids.DATE_ARRAY, DateCodecs::portable, DateCodecs::java),
            type(TypeOids.TIME, "time", TypeOids.TIME_ARRAY, TimeCodecs::portable, TimeCodecs::java),
            type(TypeOids.TIMETZ, "timetz", TypeOids.TIMETZ_ARRAY, TimetzCodecs::portable, TimetzCodecs::java),
            type(TypeOids.TIMESTAMP, "timestamp", TypeOids.TIMESTAMP_ARRAY,
                    TimestampCodecs::portable, TimestampCodecs::java),
            type(TypeOids.TIMESTAMPTZ, "timestamptz", TypeOids.TIMESTAMPTZ_ARRAY,
                    TimestamptzCodecs::portable, TimestamptzCodecs::java));

    private KnownTypes() {
    }

    private static KnownType type(long oid, String name, long arrayOid, ColumnCodec portable, ColumnCodec java) {
        return new KnownType(oid, name, arrayOid, portable, java);
    }

    /** A type whose values are the same in both styles. */
    private static KnownType type(long oid, String name, long arrayOid, ColumnCodec both) {
        return new KnownType(oid, name, arrayOid, both, both);
    }
}

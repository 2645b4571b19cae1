package io.pgcdc.types;

/**
 * The OIDs of the built-in types that have a codec, and of the types of their arrays. PostgreSQL never changes them
 * (src/include/catalog/pg_type.dat).
 */
final class TypeOids {

    static final long BOOL = 16;
    static final long BYTEA = 17;
    static final long CHAR = 18;
    static final long NAME = 19;
    static final long INT8 = 20;
    static final long INT2 = 21;
    static final long INT4 = 23;
    static final long TEXT = 25;
    static final long OID = 26;
    static final long JSON = 114;
    static final long FLOAT4 = 700;
    static final long FLOAT8 = 701;
    static final long BPCHAR = 1042;
    static final long VARCHAR = 1043;
    static final long DATE = 1082;
    static final long TIME = 1083;
    static final long TIMESTAMP = 1114;
    static final long TIMESTAMPTZ = 1184;
    static final long TIMETZ = 1266;
    static final long NUMERIC = 1700;
    static final long UUID = 2950;
    static final long JSONB = 3802;

    static final long BOOL_ARRAY = 1000;
    static final long BYTEA_ARRAY = 1001;
    static final long CHAR_ARRAY = 1002;
    static final long NAME_ARRAY = 1003;
    static final long INT8_ARRAY = 1016;
    static final long INT2_ARRAY = 1005;
    static final long INT4_ARRAY = 1007;
    static final long TEXT_ARRAY = 1009;
    static final long OID_ARRAY = 1028;
    static final long JSON_ARRAY = 199;
    static final long FLOAT4_ARRAY = 1021;
    static final long FLOAT8_ARRAY = 1022;
    static final long BPCHAR_ARRAY = 1014;
    static final long VARCHAR_ARRAY = 1015;
    static final long DATE_ARRAY = 1182;
    static final long TIME_ARRAY = 1183;
    static final long TIMESTAMP_ARRAY = 1115;
    static final long TIMESTAMPTZ_ARRAY = 1185;
    static final long TIMETZ_ARRAY = 1270;
    static final long NUMERIC_ARRAY = 1231;
    static final long UUID_ARRAY = 2951;
    static final long JSONB_ARRAY = 3807;

    private TypeOids() {
    }
}

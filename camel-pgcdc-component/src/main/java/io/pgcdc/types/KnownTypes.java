package io.pgcdc.types;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The table of the built-in types. A new type is a new row here, and its codec a small class beside. */
final class KnownTypes {

    /** By group, as docs/types.md lists them. */
    static final List<KnownType> ALL = List.of(
            type(TypeOids.BOOL, "bool", TypeOids.BOOL_ARRAY, BooleanCodec::decode)
                    .withBinary(BooleanCodec::binary),

            type(TypeOids.INT2, "int2", TypeOids.INT2_ARRAY, IntegerCodecs::int2)
                    .withBinary(IntegerCodecs::binaryInt2),
            type(TypeOids.INT4, "int4", TypeOids.INT4_ARRAY, IntegerCodecs::int4)
                    .withBinary(IntegerCodecs::binaryInt4),
            type(TypeOids.INT8, "int8", TypeOids.INT8_ARRAY, IntegerCodecs::int8)
                    .withBinary(IntegerCodecs::binaryInt8),
            type(TypeOids.OID, "oid", TypeOids.OID_ARRAY, IntegerCodecs::oid)
                    .withBinary(IntegerCodecs::binaryOid),
            type(TypeOids.FLOAT4, "float4", TypeOids.FLOAT4_ARRAY, FloatCodecs::portableFloat4, FloatCodecs::float4)
                    .withBinary(FloatCodecs::portableBinaryFloat4, FloatCodecs::binaryFloat4),
            type(TypeOids.FLOAT8, "float8", TypeOids.FLOAT8_ARRAY, FloatCodecs::portableFloat8, FloatCodecs::float8)
                    .withBinary(FloatCodecs::portableBinaryFloat8, FloatCodecs::binaryFloat8),
            type(TypeOids.NUMERIC, "numeric", TypeOids.NUMERIC_ARRAY, NumericCodecs::portable, NumericCodecs::java)
                    .withBinary(NumericCodecs::portableBinary, NumericCodecs::javaBinary),
            type(TypeOids.MONEY, "money", TypeOids.MONEY_ARRAY, MoneyCodec::decode)
                    .withBinary(MoneyCodec::binary),

            type(TypeOids.TEXT, "text", TypeOids.TEXT_ARRAY, TextCodecs::text).sameInBinary(),
            type(TypeOids.VARCHAR, "varchar", TypeOids.VARCHAR_ARRAY, TextCodecs::text).sameInBinary(),
            type(TypeOids.BPCHAR, "bpchar", TypeOids.BPCHAR_ARRAY, TextCodecs::text).sameInBinary(),
            type(TypeOids.NAME, "name", TypeOids.NAME_ARRAY, TextCodecs::text).sameInBinary(),
            type(TypeOids.CHAR, "char", TypeOids.CHAR_ARRAY, TextCodecs::singleByte),
            type(TypeOids.JSON, "json", TypeOids.JSON_ARRAY, TextCodecs.notEmpty("json")).sameInBinary(),
            type(TypeOids.JSONB, "jsonb", TypeOids.JSONB_ARRAY, TextCodecs.notEmpty("jsonb"))
                    .withBinary(TextCodecs::binaryJsonb),
            type(TypeOids.JSONPATH, "jsonpath", TypeOids.JSONPATH_ARRAY, TextCodecs.notEmpty("jsonpath")),
            type(TypeOids.XML, "xml", TypeOids.XML_ARRAY, TextCodecs::text),

            type(TypeOids.BYTEA, "bytea", TypeOids.BYTEA_ARRAY, ByteaCodecs::portable, ByteaCodecs::java)
                    .withBinary(ByteaCodecs::portableBinary, ByteaCodecs::javaBinary),
            type(TypeOids.UUID, "uuid", TypeOids.UUID_ARRAY, UuidCodecs::portable, UuidCodecs::java)
                    .withBinary(UuidCodecs::portableBinary, UuidCodecs::javaBinary),
            type(TypeOids.BIT, "bit", TypeOids.BIT_ARRAY, BitCodecs::bit),
            type(TypeOids.VARBIT, "varbit", TypeOids.VARBIT_ARRAY, BitCodecs::varbit),

            type(TypeOids.DATE, "date", TypeOids.DATE_ARRAY, DateCodecs::portable, DateCodecs::java)
                    .withBinary(DateCodecs::portableBinary, DateCodecs::javaBinary),
            type(TypeOids.TIME, "time", TypeOids.TIME_ARRAY, TimeCodecs::portable, TimeCodecs::java)
                    .withBinary(TimeCodecs::portableBinary, TimeCodecs::javaBinary),
            type(TypeOids.TIMETZ, "timetz", TypeOids.TIMETZ_ARRAY, TimetzCodecs::portable, TimetzCodecs::java),
            type(TypeOids.TIMESTAMP, "timestamp", TypeOids.TIMESTAMP_ARRAY,
                    TimestampCodecs::portable, TimestampCodecs::java)
                    .withBinary(TimestampCodecs::portableBinary, TimestampCodecs::javaBinary),
            type(TypeOids.TIMESTAMPTZ, "timestamptz", TypeOids.TIMESTAMPTZ_ARRAY,
                    TimestamptzCodecs::portable, TimestamptzCodecs::java)
                    .withBinary(TimestamptzCodecs::portableBinary, TimestamptzCodecs::javaBinary),
            type(TypeOids.INTERVAL, "interval", TypeOids.INTERVAL_ARRAY, IntervalCodec::decode),

            type(TypeOids.INT4RANGE, "int4range", TypeOids.INT4RANGE_ARRAY, RangeCodecs.range("int4range")),
            type(TypeOids.INT8RANGE, "int8range", TypeOids.INT8RANGE_ARRAY, RangeCodecs.range("int8range")),
            type(TypeOids.NUMRANGE, "numrange", TypeOids.NUMRANGE_ARRAY, RangeCodecs.range("numrange")),
            type(TypeOids.DATERANGE, "daterange", TypeOids.DATERANGE_ARRAY, RangeCodecs.range("daterange")),
            type(TypeOids.TSRANGE, "tsrange", TypeOids.TSRANGE_ARRAY, RangeCodecs.range("tsrange")),
            type(TypeOids.TSTZRANGE, "tstzrange", TypeOids.TSTZRANGE_ARRAY, RangeCodecs.range("tstzrange")),
            type(TypeOids.INT4MULTIRANGE, "int4multirange", TypeOids.INT4MULTIRANGE_ARRAY,
                    RangeCodecs.multirange("int4multirange")),
            type(TypeOids.INT8MULTIRANGE, "int8multirange", TypeOids.INT8MULTIRANGE_ARRAY,
                    RangeCodecs.multirange("int8multirange")),
            type(TypeOids.NUMMULTIRANGE, "nummultirange", TypeOids.NUMMULTIRANGE_ARRAY,
                    RangeCodecs.multirange("nummultirange")),
            type(TypeOids.DATEMULTIRANGE, "datemultirange", TypeOids.DATEMULTIRANGE_ARRAY,
                    RangeCodecs.multirange("datemultirange")),
            type(TypeOids.TSMULTIRANGE, "tsmultirange", TypeOids.TSMULTIRANGE_ARRAY,
                    RangeCodecs.multirange("tsmultirange")),
            type(TypeOids.TSTZMULTIRANGE, "tstzmultirange", TypeOids.TSTZMULTIRANGE_ARRAY,
                    RangeCodecs.multirange("tstzmultirange")),

            type(TypeOids.INET, "inet", TypeOids.INET_ARRAY, NetworkCodecs.address("inet")),
            type(TypeOids.CIDR, "cidr", TypeOids.CIDR_ARRAY, NetworkCodecs.address("cidr")),
            type(TypeOids.MACADDR, "macaddr", TypeOids.MACADDR_ARRAY, NetworkCodecs::macaddr),
            type(TypeOids.MACADDR8, "macaddr8", TypeOids.MACADDR8_ARRAY, NetworkCodecs::macaddr8),

            type(TypeOids.POINT, "point", TypeOids.POINT_ARRAY, new ShapeCodec("point", "(", ")")),
            type(TypeOids.LINE, "line", TypeOids.LINE_ARRAY, new ShapeCodec("line", "{", "}")),
            type(TypeOids.LSEG, "lseg", TypeOids.LSEG_ARRAY, new ShapeCodec("lseg", "[", "]")),
            new KnownType(
                    TypeOids.BOX, "box", TypeOids.BOX_ARRAY, ';', new ShapeCodec("box", "(", ")"),
                    new ShapeCodec("box", "(", ")")),
            type(TypeOids.PATH, "path", TypeOids.PATH_ARRAY, new ShapeCodec("path", "([", ")]")),
            type(TypeOids.POLYGON, "polygon", TypeOids.POLYGON_ARRAY, new ShapeCodec("polygon", "(", ")")),
            type(TypeOids.CIRCLE, "circle", TypeOids.CIRCLE_ARRAY, new ShapeCodec("circle", "<", ">")),

            type(TypeOids.TSVECTOR, "tsvector", TypeOids.TSVECTOR_ARRAY, TextCodecs::text),
            type(TypeOids.TSQUERY, "tsquery", TypeOids.TSQUERY_ARRAY, TextCodecs::text),
            type(TypeOids.GTSVECTOR, "gtsvector", TypeOids.GTSVECTOR_ARRAY, TextCodecs::text),

            type(TypeOids.PG_LSN, "pg_lsn", TypeOids.PG_LSN_ARRAY, SystemCodecs::lsn),
            type(TypeOids.TXID_SNAPSHOT, "txid_snapshot", TypeOids.TXID_SNAPSHOT_ARRAY,
                    SystemCodecs.snapshot("txid_snapshot")),
            type(TypeOids.PG_SNAPSHOT, "pg_snapshot", TypeOids.PG_SNAPSHOT_ARRAY, SystemCodecs.snapshot("pg_snapshot")),
            type(TypeOids.XID, "xid", TypeOids.XID_ARRAY, SystemCodecs.digits("xid")),
            type(TypeOids.XID8, "xid8", TypeOids.XID8_ARRAY, SystemCodecs.digits("xid8")),
            type(TypeOids.CID, "cid", TypeOids.CID_ARRAY, SystemCodecs.digits("cid")),
            type(TypeOids.TID, "tid", TypeOids.TID_ARRAY, SystemCodecs::tid),
            type(TypeOids.INT2VECTOR, "int2vector", TypeOids.INT2VECTOR_ARRAY, SystemCodecs.numbers("int2vector")),
            type(TypeOids.OIDVECTOR, "oidvector", TypeOids.OIDVECTOR_ARRAY, SystemCodecs.numbers("oidvector")),
            type(TypeOids.REFCURSOR, "refcursor", TypeOids.REFCURSOR_ARRAY, TextCodecs::text),
            type(TypeOids.ACLITEM, "aclitem", TypeOids.ACLITEM_ARRAY, TextCodecs.notEmpty("aclitem")),

            type(TypeOids.REGCLASS, "regclass", TypeOids.REGCLASS_ARRAY, TextCodecs.notEmpty("regclass")),
            type(TypeOids.REGCOLLATION, "regcollation", TypeOids.REGCOLLATION_ARRAY, TextCodecs.notEmpty("regcollation")),
            type(TypeOids.REGCONFIG, "regconfig", TypeOids.REGCONFIG_ARRAY, TextCodecs.notEmpty("regconfig")),
            type(TypeOids.REGDICTIONARY, "regdictionary", TypeOids.REGDICTIONARY_ARRAY,
                    TextCodecs.notEmpty("regdictionary")),
            type(TypeOids.REGNAMESPACE, "regnamespace", TypeOids.REGNAMESPACE_ARRAY, TextCodecs.notEmpty("regnamespace")),
            type(TypeOids.REGOPER, "regoper", TypeOids.REGOPER_ARRAY, TextCodecs.notEmpty("regoper")),
            type(TypeOids.REGOPERATOR, "regoperator", TypeOids.REGOPERATOR_ARRAY, TextCodecs.notEmpty("regoperator")),
            type(TypeOids.REGPROC, "regproc", TypeOids.REGPROC_ARRAY, TextCodecs.notEmpty("regproc")),
            type(TypeOids.REGPROCEDURE, "regprocedure", TypeOids.REGPROCEDURE_ARRAY, TextCodecs.notEmpty("regprocedure")),
            type(TypeOids.REGROLE, "regrole", TypeOids.REGROLE_ARRAY, TextCodecs.notEmpty("regrole")),
            type(TypeOids.REGTYPE, "regtype", TypeOids.REGTYPE_ARRAY, TextCodecs.notEmpty("regtype")),

            type(TypeOids.PG_NODE_TREE, "pg_node_tree", KnownType.NO_ARRAYS, TextCodecs::text),
            type(TypeOids.PG_NDISTINCT, "pg_ndistinct", KnownType.NO_ARRAYS, TextCodecs::text),
            type(TypeOids.PG_DEPENDENCIES, "pg_dependencies", KnownType.NO_ARRAYS, TextCodecs::text),
            type(TypeOids.PG_MCV_LIST, "pg_mcv_list", KnownType.NO_ARRAYS, TextCodecs::text),
            type(TypeOids.PG_BRIN_BLOOM_SUMMARY, "pg_brin_bloom_summary", KnownType.NO_ARRAYS, TextCodecs::text),
            type(TypeOids.PG_BRIN_MINMAX_MULTI_SUMMARY, "pg_brin_minmax_multi_summary", KnownType.NO_ARRAYS,
                    TextCodecs::text));

    private static final Map<Long, KnownType> BY_OID = byOid();

    private KnownTypes() {
    }

    /** Whether a type, or the type of its arrays, is in the table. */
    static boolean contains(long oid) {
        return BY_OID.containsKey(oid);
    }

    /** The name of a type of the table, for errors; of any other its OID. */
    static String name(long oid) {
        KnownType type = BY_OID.get(oid);
        return type == null ? "with OID " + oid : oid == type.oid() ? type.name() : type.name() + "[]";
    }

    /** The type of a name, or that whose arrays have it; {@code null} if there is none. */
    static KnownType find(String name) {
        for (KnownType type : ALL) {
            if (name.equals(type.name()) || type.hasArrays() && name.equals("_" + type.name())) {
                return type;
            }
        }
        return null;
    }

    private static Map<Long, KnownType> byOid() {
        Map<Long, KnownType> types = new HashMap<>();
        for (KnownType type : ALL) {
            types.put(type.oid(), type);
            if (type.hasArrays()) {
                types.put(type.arrayOid(), type);
            }
        }
        return types;
    }

    private static KnownType type(long oid, String name, long arrayOid, ColumnCodec portable, ColumnCodec java) {
        return new KnownType(oid, name, arrayOid, ',', portable, java);
    }

    /** A type whose values are the same in both styles. */
    private static KnownType type(long oid, String name, long arrayOid, ColumnCodec both) {
        return type(oid, name, arrayOid, both, both);
    }
}

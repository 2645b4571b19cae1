package io.pgcdc.pgoutput;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import io.pgcdc.types.Codecs;
import io.pgcdc.types.ColumnCodec;
import io.pgcdc.types.SomeTypes;
import io.pgcdc.types.ValueFormatException;
import io.pgcdc.types.ValueStyle;

/**
 * A table with a column of every type that has a codec, built in or made by users and extensions, and one of a type
 * that has none; and values for them.
 */
final class EveryType {

    /** The relation of {@link #relation()}. */
    static final int OID = 16404;

    private static final Map<ValueStyle, Codecs> WITH_TEXT = codecs(false);
    private static final Map<ValueStyle, Codecs> WITH_BYTES = codecs(true);

    /** One that nobody knows; and behind it all that are known. */
    static final List<Long> OIDS = LongStream.concat(
            LongStream.of(16_385), LongStream.range(1, 20_000).filter(codecs(ValueStyle.JAVA, false)::isKnown))
            .boxed().toList();

    private static final String[] TEXTS = {
            "t", "f", "0", "1", "-32768", "2147483647", "9223372036854775807", "-9223372036854775808", "4294967295",
            "1.5", "-0.000000100", "1.7976931348623157e+308", "4.9e-324", "1e-7", "NaN", "Infinity", "-Infinity",
            "123456789012345678901234567890.123456789", "", Trial.SECRET, "größe \uD83D\uDE00", "NULL", "{\"a\": [1]}",
            "\\x00ff", "\\000\\377\\\\a", "123e4567-e89b-12d3-a456-426614174000", "2026-11-23", "0044-03-15 BC",
            "12026-11-23", "10:00:00.5", "24:00:00", "10:00:00.5-00:01:15", "24:00:00+15:59:59",
            "2026-11-23 10:00:00.123456", "2026-11-23 10:00:00.123456+00", "294276-12-31 23:00:00-05",
            "0044-03-15 10:00:00-04:56:02 BC", "infinity", "-infinity", "(1,2)", "{}", "{1,NULL,3}",
            "[0:1][2:2]={{1},{2}}", "{{{{{{1}}}}}}", "{{t,f},{NULL,t}}", "{1.5,NaN,-Infinity}", "{NULL}",
            "{\"a\\\"b\",\"\\\\\\\\x00\",\"\"," + Trial.SECRET + "}", "{\"\\\\x00ff\",NULL}",
            "{123e4567-e89b-12d3-a456-426614174000}", "{2026-11-23,infinity,\"0044-03-15 BC\"}", "{10:00:00,24:00:00}",
            "{10:00:00+02}", "{\"2026-11-23 10:00:00\",infinity}", "{\"2026-11-23 10:00:00+00\",-infinity}",
            "{\"{\\\"a\\\": 1}\",NULL}", "$1,234.50", "{\"$1,234.50\"}", "101", "P1Y2M-3DT4H5M6.789S", "{PT0S,NULL}",
            "[1,10)", "empty", "{\"[1,10)\",empty}", "[\"2026-11-23 10:00:00\",infinity)", "{[1,2),(5,)}",
            "{\"{[1,2),(5,)}\"}", "192.168.100.128/25", "08:00:2b:01:02:03", "{08:00:2b:01:02:03}",
            "08:00:2b:01:02:03:04:05", "{08:00:2b:01:02:03:04:05}", "{1,2,-3}", "{\"{1,2,-3}\"}", "[(1,2),(3,4)]",
            "{\"[(1,2),(3,4)]\"}", "{\"(1,2)\"}", "<(1,2),3>", "{\"<(1,2),3>\"}", "(1,2),(0,0)",
            "{(1,2),(0,0);(3,4),(1,1)}", "16/B374D848", "{16/B374D848}", "10:20:10,14,15", "{10:20:,10:20:15}", "(0,1)",
            "{\"(0,1)\"}", "1 2 3", "{\"1 2\"}", "\"a\"=>\"1\", \"b\"=>NULL", "(8,\"a b\",\"2026-11-23 10:00:00+00\")",
            "(\"(8,a,)\",\"{\"\"(8,\\\\\"\"" + Trial.SECRET + "\\\\\"\",)\"\",NULL}\",{good})", "()", "{\"(8,,)\"}" };

    /** For each of {@link #OIDS} the texts that are values of that type. */
    static final List<List<String>> VALUES = OIDS.stream().map(EveryType::valuesOf).toList();

    private static final byte[][] BINARIES = {
            { 0 }, { 1 }, { 1, -1 }, { -1, -128, 127, 0 }, { 0, 0, 0, 7 }, { 127, -16, 0, 0, 0, 0, 0, 0 },
            { 0, 0, 0, 20, 29, -41, 96, 0 }, { 127, -1, -1, -1, -1, -1, -1, -1 }, { 0, 2, 78, 67, 105, 91, -12, 1 },
            { 1, '{', '}' }, { 18, 62, 69, 103, -24, -101, 18, -45, -92, 86, 66, 102, 20, 23, 64, 0 },
            { 0, 2, 0, 0, 64, 0, 0, 2, 0, 7, 19, -120 }, { 0, 0, 0, 0, -64, 0, 0, 0 }, { 0, 1, 0, 40, 0, 0, 1, 0, 0, 1 },
            new byte[12], array(1), array(1, null, new byte[] { 1 }, new byte[8], new byte[4], new byte[2]),
            array(6, null, null), array(3, new byte[] { 0 }), array(2, new byte[8], new byte[8]), array(1, new byte[4], null),
            array(5, new byte[2]), array(1, Trial.SECRET.getBytes(StandardCharsets.UTF_8), null),
            { 0, 6, 0, 2, 0, 0, 0, 12, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6 } };

    /** For each of {@link #OIDS} the fields that are values of that type in a copy: binary where there is a codec. */
    static final List<List<byte[]>> FIELDS = OIDS.stream().map(EveryType::fieldsOf).toList();

    private EveryType() {
    }

    static Codecs codecs(ValueStyle style, boolean unknownTypesToBytes) {
        return (unknownTypesToBytes ? WITH_BYTES : WITH_TEXT).get(style);
    }

    static byte[] relation() {
        PgOutputBytes.Column[] columns = new PgOutputBytes.Column[OIDS.size()];
        for (int i = 0; i < columns.length; i++) {
            columns[i] = column(i, i);
        }
        return PgOutputBytes.relation(OID, "shop", "every_type", 'd', columns);
    }

    /** A column of the i-th type; every third one is part of the key. */
    static PgOutputBytes.Column column(int position, int type) {
        String name = "c" + position;
        int oid = OIDS.get(type).intValue();
        return position % 3 == 0 ? PgOutputBytes.key(name, oid) : PgOutputBytes.column(name, oid);
    }

    private static List<String> valuesOf(long oid) {
        List<String> values = new ArrayList<>();
        for (String text : TEXTS) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            if (takes(codecs(ValueStyle.JAVA, false).codec(oid), bytes)) {
                values.add(text);
            }
        }
        if (values.isEmpty()) {
            throw new IllegalStateException("no text is a value of the type with OID " + oid + "; add one");
        }
        return values;
    }

    /** An array of some elements, of dimensions of which all but the first have a length of one. */
    private static byte[] array(int dimensions, byte[]... elements) {
        ByteBuffer array = ByteBuffer.allocate(1_000).putInt(dimensions).putInt(1).putInt(0);
        for (int i = 0; i < dimensions; i++) {
            array.putInt(i == 0 ? elements.length : 1).putInt(1);
        }
        for (byte[] element : elements) {
            array.putInt(element == null ? -1 : element.length).put(element == null ? new byte[0] : element);
        }
        return Arrays.copyOf(array.array(), array.position());
    }

    private static List<byte[]> fieldsOf(long oid) {
        ColumnCodec codec = codecs(ValueStyle.JAVA, false).binaryCodec(oid);
        List<byte[]> texts = Arrays.stream(TEXTS).map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
        if (codec == null) {
            return texts.stream().filter(bytes -> takes(codecs(ValueStyle.JAVA, false).codec(oid), bytes)).toList();
        }
        List<byte[]> fields = Stream.concat(Arrays.stream(BINARIES), texts.stream())
                .filter(bytes -> takes(codec, bytes)).toList();
        if (fields.isEmpty()) {
            throw new IllegalStateException("no bytes are a value of the type with OID " + oid + "; add some");
        }
        return fields;
    }

    private static boolean takes(ColumnCodec codec, byte[] bytes) {
        try {
            codec.decode(bytes, 0, bytes.length);
            return true;
        } catch (ValueFormatException e) {
            return false; // a value of other types
        }
    }

    private static Map<ValueStyle, Codecs> codecs(boolean unknownTypesToBytes) {
        Map<ValueStyle, Codecs> codecs = new EnumMap<>(ValueStyle.class);
        for (ValueStyle style : ValueStyle.values()) {
            codecs.put(style, SomeTypes.learnt(style, unknownTypesToBytes));
        }
        return codecs;
    }
}

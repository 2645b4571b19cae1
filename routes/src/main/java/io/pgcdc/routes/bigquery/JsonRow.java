package io.pgcdc.routes.bigquery;

import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A row as the JSON of a streamed insert, of values that every JSON library writes as BigQuery reads them, and the
 * bytes that it takes as such. For one thread.
 */
final class JsonRow {

    /** Quotes, colon and comma around a member. */
    private static final int MEMBER_OVERHEAD = 4;
    /** The longest text of a number. */
    private static final int NUMBER_BYTES = 25;
    private static final int ESCAPED = 6;

    private final Map<String, Object> values = new LinkedHashMap<>();
    private int bytes = 2;

    /** Adds a column; one that is NULL is left out, which is the same to BigQuery. */
    void put(PhysicalColumn column, Object value) throws UnfitValueException {
        if (value != null) {
            Object json = json(column.type(), value);
            values.put(column.name(), json);
            bytes += column.name().length() + MEMBER_OVERHEAD + (json instanceof String text ? bytes(text) : NUMBER_BYTES);
        }
    }

    Map<String, Object> values() {
        return values;
    }

    int bytes() {
        return bytes;
    }

    private static Object json(BigQueryType type, Object value) throws UnfitValueException {
        return switch (type) {
            case BOOL -> Values.bool(value);
            case INT64 -> Values.int64(value);
            case FLOAT64 -> float64(Values.float64(value));
            case NUMERIC -> Values.numeric(value).toPlainString();
            case BIGNUMERIC -> Values.bigNumeric(value).toPlainString();
            case STRING -> Values.string(value);
            case JSON -> Values.json(value);
            case BYTES -> Base64.getEncoder().encodeToString(Values.bytes(value));
            case DATE -> IsoTimes.date(value).toString();
            case TIME -> DateTimeFormatter.ISO_LOCAL_TIME.format(IsoTimes.time(value));
            case DATETIME -> DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(IsoTimes.dateTime(value));
            case TIMESTAMP -> DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(IsoTimes.timestamp(value)) + "Z";
        };
    }

    /** JSON has no numbers for NaN and the infinities; BigQuery reads them as text. */
    private static Object float64(double value) {
        return Double.isFinite(value) ? (Object) value : Double.toString(value);
    }

    /** In UTF-8, with quotes, and escaped as the most careful library would. */
    static int bytes(String text) {
        int bytes = 2;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean plain = c >= ' ' && c < 0x80 && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&'
                    && c != '=' && c != '\'';
            // A surrogate is half of four bytes.
            bytes += plain ? 1 : c < 0x80 || c == 0x2028 || c == 0x2029 ? ESCAPED : 3;
        }
        return bytes;
    }
}

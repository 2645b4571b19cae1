package io.pgcdc.routes.bigquery;

import java.math.BigDecimal;
import java.util.Iterator;
import java.util.Map;

/** JSON text of lists and maps, and whether BigQuery's JSON type keeps a JSON text as it is. */
final class JsonText {

    private static final String WHAT_FITS
            = "the type JSON holds numbers of 64 bits and what a double gives back as it was";
    /** A double gives back so many digits as they were. */
    private static final int SAFE_LENGTH = 15;

    private JsonText() {
    }

    static String of(Object value) {
        StringBuilder text = new StringBuilder(64);
        write(text, value);
        return text.toString();
    }

    private static void write(StringBuilder text, Object value) {
        if (value == null || value instanceof Boolean || value instanceof Integer || value instanceof Long
                || value instanceof Double number && Double.isFinite(number)
                || value instanceof Float single && Float.isFinite(single)) {
            text.append(value);
        } else if (value instanceof BigDecimal number) {
            text.append(number.toPlainString());
        } else if (value instanceof Map<?, ?> map) {
            char separator = '{';
            for (Map.Entry<?, ?> member : map.entrySet()) {
                string(text.append(separator), String.valueOf(member.getKey()));
                write(text.append(':'), member.getValue());
                separator = ',';
            }
            text.append(map.isEmpty() ? "{}" : "}");
        } else if (value instanceof Iterable<?> all) {
            text.append('[');
            for (Iterator<?> elements = all.iterator(); elements.hasNext();) {
                write(text, elements.next());
                text.append(elements.hasNext() ? "," : "");
            }
            text.append(']');
        } else {
            string(text, PortableText.of(value));
        }
    }

    private static void string(StringBuilder text, String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (c < ' ') {
                text.append(String.format("\\u%04x", (int) c));
            } else {
                text.append(c);
            }
        }
        text.append('"');
    }

    /**
     * The text itself.
     *
     * @throws UnfitValueException if a number in it would be rounded
     */
    static String requireExact(String json) throws UnfitValueException {
        int i = 0;
        while (i < json.length()) {
            char c = json.charAt(i);
            if (c == '"') {
                i = endOfString(json, i + 1);
            } else if (c == '-' || c >= '0' && c <= '9') {
                int end = i + 1;
                while (end < json.length() && isPartOfNumber(json.charAt(end))) {
                    end++;
                }
                requireExact(json, i, end);
                i = end;
            } else {
                i++;
            }
        }
        return json;
    }

    private static int endOfString(String json, int from) {
        int i = from;
        while (i < json.length() && json.charAt(i) != '"') {
            i += json.charAt(i) == '\\' ? 2 : 1;
        }
        return i + 1;
    }

    private static boolean isPartOfNumber(char c) {
        return c >= '0' && c <= '9' || c == '.' || c == 'e' || c == 'E' || c == '+' || c == '-';
    }

    private static void requireExact(String json, int start, int end) throws UnfitValueException {
        boolean whole = true;
        boolean exponent = false;
        for (int i = start; i < end; i++) {
            char c = json.charAt(i);
            exponent |= c == 'e' || c == 'E';
            whole &= c != '.' && !exponent;
        }
        if (!exponent && end - start <= SAFE_LENGTH) {
            return;
        }
        BigDecimal number = new BigDecimal(json.substring(start, end));
        if (whole && (number.toBigInteger().bitLength() <= 63
                || number.signum() > 0 && number.toBigInteger().bitLength() == 64)) {
            return;
        }
        double rounded = number.doubleValue();
        if (Double.isInfinite(rounded) || new BigDecimal(Double.toString(rounded)).compareTo(number) != 0) {
            throw new UnfitValueException(WHAT_FITS);
        }
    }
}

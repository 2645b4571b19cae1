package io.pgcdc.camel;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;

import io.pgcdc.model.Column;
import io.pgcdc.model.TableRow;

/**
 * Writes values as JSON text (RFC 8259), on one line.
 *
 * <p>
 * Numbers keep all their digits, and have no exponent unless they are float or double. What JSON has no form for is the
 * text that {@code values=portable} gives: NaN and the infinities, times, bytes in base64. The values of json and jsonb
 * columns are no text but the JSON that they hold, token by token as PostgreSQL sent it; a line break between tokens
 * becomes a space. The text has no lone surrogate and so is the same in every encoding of Unicode.
 */
final class JsonWriter {

    private static final String HEXADECIMAL = "0123456789abcdef";
    private static final char LINE_SEPARATOR = 0x2028;
    private static final char PARAGRAPH_SEPARATOR = 0x2029;

    private final StringBuilder text = new StringBuilder(256);
    /** Whether something stands before the next name or element, so that a comma must come between. */
    private boolean follows;

    JsonWriter beginObject() {
        return open('{');
    }

    JsonWriter endObject() {
        return close('}');
    }

    JsonWriter beginArray() {
        return open('[');
    }

    JsonWriter endArray() {
        return close(']');
    }

    /** The name of a member; its value must come next. */
    JsonWriter name(String name) {
        separate();
        string(name);
        text.append(':');
        follows = false;
        return this;
    }

    JsonWriter member(String name, Object value) {
        return name(name).value(value);
    }

    /** Any value: rows and maps become objects, lists and arrays become arrays. */
    JsonWriter value(Object value) {
        if (value instanceof String || value instanceof Number) {
            // Most values; to ask a class for an interface that it lacks is slow.
            return written(value);
        }
        if (value instanceof TableRow row) {
            return row(row);
        }
        if (value instanceof Map<?, ?> map) {
            beginObject();
            map.forEach((key, member) -> member(String.valueOf(key), member));
            return endObject();
        }
        if (value instanceof Iterable<?> all) {
            beginArray();
            all.forEach(this::value);
            return endArray();
        }
        if (value instanceof Object[] all) {
            return value(Arrays.asList(all));
        }
        return written(value);
    }

    private JsonWriter row(TableRow row) {
        beginObject();
        for (int i = 0; i < row.schema().columns().size(); i++) {
            if (row.isPresent(i)) {
                Column column = row.schema().columns().get(i);
                name(column.name());
                if (JsonColumns.isJson(column)) {
                    inlined(row.value(i));
                } else {
                    value(row.value(i));
                }
            }
        }
        return endObject();
    }

    /** JSON that is there as text, alone or in arrays. */
    private void inlined(Object value) {
        if (value instanceof Iterable<?> all) {
            beginArray();
            all.forEach(this::inlined);
            endArray();
        } else if (value instanceof String json) {
            separate();
            // Inside strings there are only escaped ones: these stand between tokens.
            text.append(json.replace('\n', ' ').replace('\r', ' '));
            follows = true;
        } else {
            value(value);
        }
    }

    private JsonWriter written(Object value) {
        separate();
        scalar(value);
        follows = true;
        return this;
    }

    private void scalar(Object value) {
        if (value instanceof String string) {
            string(string);
        } else if (value == null || value instanceof Boolean || value instanceof Integer || value instanceof Long
                || value instanceof Short || value instanceof BigInteger) {
            text.append(value);
        } else if (value instanceof BigDecimal number) {
            text.append(number.toPlainString());
        } else if (value instanceof Double number && Double.isFinite(number)
                || value instanceof Float single && Float.isFinite(single)) {
            text.append(value);
        } else if (value instanceof byte[] bytes) {
            string(Base64.getEncoder().encodeToString(bytes));
        } else {
            string(TimeJson.isTime(value) ? TimeJson.text(value) : value.toString());
        }
    }

    private void string(String value) {
        text.append('"');
        int written = 0;
        for (int i = 0; i < value.length(); i++) {
            char current = value.charAt(i);
            if (Character.isHighSurrogate(current) && i + 1 < value.length()
                    && Character.isLowSurrogate(value.charAt(i + 1))) {
                i++;
            } else if (mustBeEscaped(current)) {
                text.append(value, written, i);
                escape(current);
                written = i + 1;
            }
        }
        text.append(value, written, value.length()).append('"');
    }

    /** The two separators are lines' ends in JavaScript, and to some who read line by line. */
    private static boolean mustBeEscaped(char current) {
        return current < ' ' || current == '"' || current == '\\' || current == LINE_SEPARATOR
                || current == PARAGRAPH_SEPARATOR || Character.isSurrogate(current);
    }

    private void escape(char current) {
        switch (current) {
            case '"', '\\' -> text.append('\\').append(current);
            case '\b' -> text.append("\\b");
            case '\f' -> text.append("\\f");
            case '\n' -> text.append("\\n");
            case '\r' -> text.append("\\r");
            case '\t' -> text.append("\\t");
            default -> {
                text.append("\\u");
                for (int shift = 12; shift >= 0; shift -= 4) {
                    text.append(HEXADECIMAL.charAt(current >> shift & 0xF));
                }
            }
        }
    }

    private JsonWriter open(char bracket) {
        separate();
        text.append(bracket);
        follows = false;
        return this;
    }

    private JsonWriter close(char bracket) {
        text.append(bracket);
        follows = true;
        return this;
    }

    private void separate() {
        if (follows) {
            text.append(',');
        }
    }

    /** The text so far. */
    @Override
    public String toString() {
        return text.toString();
    }
}

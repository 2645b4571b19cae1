package io.pgcdc.routes.jdbc.dialect;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

import org.apache.camel.util.json.Jsoner;

/** Lists and maps of portable values as JSON, for columns that hold text; numbers keep all their digits. */
final class JsonText {

    private JsonText() {
    }

    /** The text of any portable value: JSON of a list or a map, else its own. */
    static String of(Object value) {
        if (value instanceof List || value instanceof Map) {
            StringBuilder text = new StringBuilder();
            write(text, value);
            return text.toString();
        }
        return value instanceof BigDecimal number ? number.toPlainString() : value.toString();
    }

    private static void write(StringBuilder text, Object value) {
        if (value instanceof List<?> list) {
            String separator = "[";
            for (Object element : list) {
                text.append(separator);
                write(text, element);
                separator = ",";
            }
            text.append(list.isEmpty() ? "[]" : "]");
        } else if (value instanceof Map<?, ?> map) {
            String separator = "{";
            for (Map.Entry<?, ?> member : map.entrySet()) {
                text.append(separator).append('"').append(Jsoner.escape(member.getKey().toString())).append("\":");
                write(text, member.getValue());
                separator = ",";
            }
            text.append(map.isEmpty() ? "{}" : "}");
        } else if (value instanceof String string) {
            text.append('"').append(Jsoner.escape(string)).append('"');
        } else {
            text.append(value == null ? "null" : of(value));
        }
    }
}

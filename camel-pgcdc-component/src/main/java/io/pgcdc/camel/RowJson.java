package io.pgcdc.camel;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.apache.camel.util.json.Jsoner;

/** Rows as JSON text: numbers as numbers, what JSON has no form for as the text that values=portable gives. */
final class RowJson {

    private RowJson() {
    }

    static String write(Object value) {
        return Jsoner.serialize(plain(value));
    }

    private static Object plain(Object value) {
        if (value == null || value instanceof String || value instanceof Boolean || value instanceof Integer
                || value instanceof Long || value instanceof BigDecimal) {
            return value;
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> copy = new LinkedHashMap<>();
            map.forEach((key, member) -> copy.put(String.valueOf(key), plain(member)));
            return copy;
        }
        if (value instanceof Iterable<?> all) {
            List<Object> copy = new ArrayList<>();
            all.forEach(member -> copy.add(plain(member)));
            return copy;
        }
        if (value instanceof Double number) {
            return Double.isFinite(number) ? number : number.toString();
        }
        if (value instanceof Float number) {
            return Float.isFinite(number) ? number : number.toString();
        }
        if (value instanceof byte[] bytes) {
            return Base64.getEncoder().encodeToString(bytes);
        }
        return value.toString();
    }
}

package io.pgcdc.testing;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import org.apache.camel.Exchange;
import org.apache.camel.Message;

/**
 * One row or change as it came to a {@link MemoryDestination}, copied out of its exchange.
 *
 * @param operation {@code read}, {@code insert}, {@code update}, {@code delete}, {@code truncate}, {@code schema} … as
 *                  in the header {@code CamelPgCdcOperation}
 * @param table     schema and name, such as {@code public.orders}; null for what is about no table
 * @param key       the key columns and their values; empty for a table without a key and for what is about no row
 * @param row       the row, in column order, as the body had it: after the change, or what PostgreSQL sent of a deleted
 *                  one. Columns that were not sent are absent
 * @param before    the old row or old key where PostgreSQL sent one, else empty
 * @param unchanged the columns that were not sent because their large value did not change
 * @param eventId   {@code CamelPgCdcEventId}: the same again when the change is delivered again
 */
public record Change(String operation, String table, Map<String, Object> key, Map<String, Object> row,
        Map<String, Object> before, Set<String> unchanged, String eventId) {

    /** @throws IllegalArgumentException if this is not what {@code pgcdc:} makes, or is not that any more */
    static Change of(Exchange exchange) {
        Message message = exchange.getMessage();
        String operation = message.getHeader("CamelPgCdcOperation", String.class);
        String table = message.getHeader("CamelPgCdcTable", String.class);
        if (operation == null || !(message.getBody() instanceof Map<?, ?> body)) {
            throw new IllegalArgumentException(
                    "expected an exchange of pgcdc:, with the header CamelPgCdcOperation and a Map as body, got the operation "
                                               + operation + " and a " + typeOf(message.getBody()) + " (table " + table
                                               + "): put the destination before steps that change body or headers");
        }
        Set<?> unchanged = message.getHeader("CamelPgCdcUnchanged", Set.class);
        return new Change(
                operation, table == null ? null : message.getHeader("CamelPgCdcSchema") + "." + table,
                copy(message.getHeader("CamelPgCdcKey", Map.class)), copy(body),
                copy(message.getHeader("CamelPgCdcBefore", Map.class)),
                unchanged == null ? Set.of() : names(unchanged),
                message.getHeader("CamelPgCdcEventId", String.class));
    }

    /** Whether this is about one row, the copy's included. */
    public boolean isRow() {
        return switch (operation) {
            case "read", "insert", "update", "delete" -> true;
            default -> false;
        };
    }

    /** Operation, table and event id, never a value. */
    @Override
    public String toString() {
        return operation + (table == null ? "" : " of " + table) + " at " + eventId;
    }

    private static String typeOf(Object body) {
        return body == null ? "null" : body.getClass().getName();
    }

    private static Map<String, Object> copy(Map<?, ?> map) {
        Map<String, Object> copy = new LinkedHashMap<>();
        if (map != null) {
            map.forEach((column, value) -> copy.put((String) column, value));
        }
        return Collections.unmodifiableMap(copy);
    }

    private static Set<String> names(Set<?> columns) {
        return columns.stream().map(String.class::cast).collect(java.util.stream.Collectors.toUnmodifiableSet());
    }
}

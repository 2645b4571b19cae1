package io.pgcdc.routes.kafka;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

import io.pgcdc.model.TableId;

/**
 * The topic of each table, by a pattern. Two tables never share a topic: their keys could not be told apart.
 * Thread-safe.
 */
final class TopicNames {

    static final String SCHEMA = "{schema}";
    static final String TABLE = "{table}";

    private static final Pattern ESCAPED = Pattern.compile("_x[0-9A-F]{4}_");

    private final String pattern;
    private final Map<TableId, String> topics = new ConcurrentHashMap<>();
    private final Map<String, TableId> tables = new ConcurrentHashMap<>();

    /**
     * @throws IllegalArgumentException if the pattern has no place for the table's name
     */
    TopicNames(String pattern) {
        this.pattern = pattern;
        if (!pattern.contains(TABLE)) {
            throw new IllegalArgumentException(
                    "The topic " + pattern + " does not name the table: each table needs a topic of its own, such as "
                                               + SCHEMA + '.' + TABLE);
        }
    }

    /**
     * @throws IllegalStateException if another table has the topic already
     */
    String of(TableId table) {
        String topic = topics.get(table);
        return topic != null ? topic : assign(table);
    }

    private String assign(TableId table) {
        String topic = pattern.replace(SCHEMA, legal(table.schema())).replace(TABLE, legal(table.name()));
        TableId other = tables.putIfAbsent(topic, table);
        if (other != null && !other.equals(table)) {
            throw new IllegalStateException(
                    "The tables " + other + " and " + table + " would share the topic " + topic
                                            + ": give each its own by the option topic, such as " + SCHEMA + '.' + TABLE);
        }
        topics.put(table, topic);
        return topic;
    }

    /**
     * A part of a topic's name. Kafka knows letters, digits, dots, underscores and dashes; a dot would be taken for
     * that between schema and table. Other characters become their code, {@code _x0020_}, so that no two names become
     * one.
     */
    static String legal(String name) {
        StringBuilder legal = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char current = name.charAt(i);
            if (isLegal(current) && !looksEscaped(name, i)) {
                legal.append(current);
            } else {
                legal.append(String.format("_x%04X_", (int) current));
            }
        }
        return legal.toString();
    }

    private static boolean isLegal(char current) {
        return current >= 'a' && current <= 'z' || current >= 'A' && current <= 'Z' || current >= '0' && current <= '9'
                || current == '_' || current == '-';
    }

    private static boolean looksEscaped(String name, int from) {
        return ESCAPED.matcher(name).region(from, name.length()).lookingAt();
    }
}

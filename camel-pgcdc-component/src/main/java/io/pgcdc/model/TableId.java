package io.pgcdc.model;

import java.util.Objects;

/**
 * The name of a table: its schema and its own name, both exactly as the catalogue holds them (case kept, no quotes).
 *
 * @param schema the schema's name
 * @param name   the table's name
 */
public record TableId(String schema, String name) implements Comparable<TableId> {

    public TableId {
        Objects.requireNonNull(schema, "schema");
        Objects.requireNonNull(name, "name");
    }

    /** The name as SQL wants it: both parts quoted, quotes inside doubled. */
    public String quoted() {
        return quote(schema) + '.' + quote(name);
    }

    /** An identifier as SQL wants it. */
    public static String quote(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    @Override
    public int compareTo(TableId other) {
        int bySchema = schema.compareTo(other.schema);
        return bySchema != 0 ? bySchema : name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return schema + '.' + name;
    }
}

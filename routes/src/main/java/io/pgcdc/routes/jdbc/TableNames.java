package io.pgcdc.routes.jdbc;

import io.pgcdc.model.TableId;

/**
 * How tables are called in the destination: patterns in which {@code {schema}} and {@code {table}} stand for the names
 * in the source.
 */
record TableNames(String schema, String table) {

    TableId of(TableId source) {
        return new TableId(fill(schema, source), fill(table, source));
    }

    /** The names themselves may have braces, so each place is filled once. */
    private static String fill(String pattern, TableId source) {
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < pattern.length();) {
            if (pattern.startsWith("{schema}", i)) {
                name.append(source.schema());
                i += "{schema}".length();
            } else if (pattern.startsWith("{table}", i)) {
                name.append(source.name());
                i += "{table}".length();
            } else {
                name.append(pattern.charAt(i++));
            }
        }
        return name.toString();
    }
}

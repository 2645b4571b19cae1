package io.pgcdc.camel;

import io.pgcdc.model.Column;

/**
 * Tells the columns whose values are JSON as text: json, jsonb and arrays of them (src/include/catalog/pg_type.dat).
 */
final class JsonColumns {

    private static final int JSON = 114;
    private static final int JSON_ARRAY = 199;
    private static final int JSONB = 3802;
    private static final int JSONB_ARRAY = 3807;

    private JsonColumns() {
    }

    static boolean isJson(Column column) {
        return switch ((int) column.typeOid()) {
            case JSON, JSON_ARRAY, JSONB, JSONB_ARRAY -> true;
            default -> false;
        };
    }
}

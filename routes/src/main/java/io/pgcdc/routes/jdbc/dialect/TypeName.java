package io.pgcdc.routes.jdbc.dialect;

import io.pgcdc.model.Column;

/**
 * A built-in type of the source, taken apart.
 *
 * @param name     without modifiers, as {@code format_type} prints it: {@code timestamp with time zone}
 * @param isArray  whether the column holds arrays of it
 * @param modifier {@code atttypmod}, -1 where there is none
 */
record TypeName(String name, boolean isArray, int modifier) {

    /** The OID from which on types are made by users (PostgreSQL source, {@code FirstNormalObjectId}). */
    private static final long FIRST_USER_OID = 16384;

    /** The type, or {@code null} if it is not built in. */
    static TypeName of(Column column) {
        String full = column.typeName();
        if (full == null || column.typeOid() >= FIRST_USER_OID || full.contains(".")) {
            return null;
        }
        boolean array = full.endsWith("[]");
        String element = array ? full.substring(0, full.length() - 2) : full;
        return new TypeName(element.replaceFirst("\\([^)]*\\)", ""), array, column.typeModifier());
    }

    boolean hasPrecision() {
        return modifier >= 0;
    }

    /** Of numeric (PostgreSQL source, {@code numeric.c}: precision and scale in one number, above a fixed head). */
    int precision() {
        return modifier - 4 >> 16 & 0xFFFF;
    }

    /** Of numeric; eleven bits with a sign. */
    int scale() {
        return ((modifier - 4 & 0x7FF) ^ 1024) - 1024;
    }
}

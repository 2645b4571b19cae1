package io.pgcdc.routes.jdbc.dialect;

import java.util.Set;

import io.pgcdc.model.Column;

/**
 * Changes of a column's type that every database makes as PostgreSQL does: those to a wider type of the same family.
 */
final class Conversions {

    private static final Set<String> INTEGERS = Set.of("smallint", "integer", "bigint");
    private static final Set<String> TEXTS = Set.of("character varying", "text");
    /** Whose modifier is a length or a precision, so that -1 or a larger one holds the same values. */
    private static final Set<String> WITH_LENGTH = Set.of(
            "character varying", "time without time zone", "time with time zone", "timestamp without time zone",
            "timestamp with time zone");

    private Conversions() {
    }

    static boolean keepValues(Column before, Column after) {
        TypeName from = TypeName.of(before);
        TypeName to = TypeName.of(after);
        if (from == null || to == null || from.isArray() || to.isArray()) {
            return false;
        }
        if (from.name().equals("numeric") && to.name().equals("numeric")) {
            // Without a digit before the point databases print numbers in different ways.
            return from.hasPrecision() && from.precision() > from.scale() && from.scale() >= 0
                    && (!to.hasPrecision() || to.scale() == from.scale() && to.precision() >= from.precision());
        }
        if (from.name().equals(to.name()) && WITH_LENGTH.contains(to.name())) {
            return to.modifier() < 0 || from.modifier() >= 0 && to.modifier() >= from.modifier();
        }
        return INTEGERS.contains(from.name()) && INTEGERS.contains(to.name())
                || TEXTS.contains(from.name()) && TEXTS.contains(to.name()) && to.modifier() < 0;
    }
}

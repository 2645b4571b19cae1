package io.pgcdc.routes.jdbc;

import java.math.BigDecimal;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.pgcdc.model.Column;

/**
 * The value that PostgreSQL has given to the rows that were there when a column was added, where the column's default
 * tells it: a constant of a type whose text is the same everywhere.
 */
final class ConstantDefault {

    private static final Pattern NUMBER = Pattern.compile("'?(-?\\d+(\\.\\d+)?)'?|\\((-\\d+(\\.\\d+)?)\\)");
    private static final Pattern TEXT = Pattern.compile("'((?:[^']|'')*)'");
    private static final Pattern CAST = Pattern.compile("::[\\w \"(),]+$");
    private static final Set<String> INTEGERS = Set.of("smallint", "integer", "bigint", "oid");

    private ConstantDefault() {
    }

    /** The default as a portable value; {@code null} if there is none, or none that is known to be the value. */
    static Object of(Column column) {
        String expression = column.defaultExpression();
        if (expression == null || column.typeName() == null) {
            return null;
        }
        String constant = CAST.matcher(expression).replaceFirst("");
        String type = column.typeName().replaceFirst("\\([^)]*\\)", "");
        Matcher number = NUMBER.matcher(constant);
        if (INTEGERS.contains(type)) {
            return number.matches() && !constant.contains(".") ? (Object) Long.valueOf(digits(number)) : null;
        }
        Matcher text = TEXT.matcher(constant);
        return switch (type) {
            case "numeric" -> number.matches() ? new BigDecimal(digits(number)) : null;
            case "boolean" -> constant.equals("true") || constant.equals("false") ? Boolean.valueOf(constant) : null;
            case "text", "character varying", "json", "jsonb", "uuid", "date" -> text.matches()
                    ? text.group(1).replace("''", "'") : null;
            default -> null;
        };
    }

    private static String digits(Matcher number) {
        return number.group(1) != null ? number.group(1) : number.group(3);
    }
}

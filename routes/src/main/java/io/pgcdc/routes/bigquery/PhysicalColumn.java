package io.pgcdc.routes.bigquery;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.pgcdc.model.Column;

/**
 * A column of a table in BigQuery.
 *
 * @param name   its name there, which it keeps whatever the source's column is called later
 * @param type   its type
 * @param number the number of the source's column, 0 where that is not known, negative for a column of somebody else's
 */
record PhysicalColumn(String name, BigQueryType type, int number) {

    private static final Pattern DESCRIPTION = Pattern.compile("PostgreSQL column (\\d+)");

    /** A column as BigQuery describes it. */
    static PhysicalColumn described(String name, BigQueryType type, String description) {
        Matcher matcher = DESCRIPTION.matcher(description == null ? "" : description);
        return new PhysicalColumn(name, type, matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0);
    }

    /** What stands in BigQuery as the column's description, or {@code null}. */
    String description() {
        return number <= 0 ? null : "PostgreSQL column " + number;
    }

    /** Whether it is the source's column: by number, or by name where a number is not known. */
    boolean isOf(Column column) {
        return number == 0 || column.number() == 0 && number > 0
                ? name.equalsIgnoreCase(Names.plain(column.name())) : number == column.number();
    }
}

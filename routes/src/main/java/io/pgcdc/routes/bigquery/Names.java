package io.pgcdc.routes.bigquery;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

import io.pgcdc.model.TableId;

/**
 * Names as BigQuery allows them. Views and their columns keep PostgreSQL's names, but for characters that BigQuery
 * forbids; tables and their columns, which only views show, keep to letters, digits and underscores.
 */
final class Names {

    private static final String PUBLIC = "public";
    private static final Pattern FORBIDDEN_IN_TABLE = Pattern.compile("[^\\p{L}\\p{M}\\p{N}\\p{Pc}\\p{Pd} ]");
    private static final Pattern FORBIDDEN_IN_COLUMN = Pattern.compile("[^\\p{L}\\p{M}\\p{N}\\p{Pc}\\p{Pd}&%=+:'<>#| ]");
    private static final Pattern NOT_PLAIN = Pattern.compile("[^A-Za-z0-9_]");
    private static final List<String> RESERVED_PREFIXES = List.of(
            "_TABLE_", "_FILE_", "_PARTITION", "_ROW_TIMESTAMP", "__ROOT__", "_COLIDENTIFIER", "_CHANGE_SEQUENCE_NUMBER",
            "_CHANGE_TYPE", "_CHANGE_TIMESTAMP");

    private Names() {
    }

    /** The view of a table: its name, with its schema before it unless that is {@code public}. */
    static String view(TableId table) {
        String name = PUBLIC.equals(table.schema()) ? table.name() : table.schema() + "_" + table.name();
        return FORBIDDEN_IN_TABLE.matcher(name).replaceAll("_");
    }

    /** What tables of a view are named after. */
    static String plain(String name) {
        return NOT_PLAIN.matcher(name).replaceAll("_");
    }

    /** The name of a column in a view, none that is taken already; case makes no difference to BigQuery. */
    static String column(String name, Collection<String> taken) {
        return unique(unreserved(FORBIDDEN_IN_COLUMN.matcher(name).replaceAll("_")), taken);
    }

    /** The name of a column in a table, none that is taken already. */
    static String plainColumn(String name, Collection<String> taken) {
        String plain = plain(name);
        return unique(unreserved(Character.isDigit(plain.charAt(0)) ? "c" + plain : plain), taken);
    }

    private static String unreserved(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        return RESERVED_PREFIXES.stream().anyMatch(upper::startsWith) ? "c" + name : name;
    }

    private static String unique(String name, Collection<String> taken) {
        String unique = name;
        for (int i = 2; isTaken(unique, taken); i++) {
            unique = name + "_" + i;
        }
        return unique;
    }

    private static boolean isTaken(String name, Collection<String> taken) {
        return taken.stream().anyMatch(name::equalsIgnoreCase);
    }

    static String quoted(String name) {
        return '`' + name + '`';
    }
}

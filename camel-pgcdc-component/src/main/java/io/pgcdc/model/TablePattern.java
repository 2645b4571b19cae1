package io.pgcdc.model;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a user writes for a table, {@code schema.table}, or for all tables of a schema, {@code schema.*}. Names are
 * taken as they are in the catalogue, without folding to lower case. Those with a dot in the schema, a comma, spaces
 * around them or quotes are written as SQL quotes them: {@code "my.schema"."*"}.
 *
 * @param schema the schema's name
 * @param name   the table's name, or {@code null} for all tables
 */
public record TablePattern(String schema, String name) {

    private static final String QUOTED = "\"(?:[^\"]|\"\")+\"";
    private static final Pattern PATTERN
            = Pattern.compile("\\s*(" + QUOTED + "|[^\".,]*[^\".,\\s])\\s*\\.\\s*(" + QUOTED + "|[^\",]*[^\",\\s])\\s*");

    /** @throws PgCdcException of kind CONFIGURATION if it names no table */
    public static TablePattern parse(String text, String where) {
        Matcher matcher = PATTERN.matcher(text);
        if (!matcher.matches()) {
            throw unreadable(text, where);
        }
        String name = matcher.group(2);
        return new TablePattern(unquoted(matcher.group(1)), name.equals("*") ? null : unquoted(name));
    }

    /** Several, with commas between them. */
    public static List<TablePattern> parseAll(String text, String where) {
        List<TablePattern> all = new ArrayList<>();
        Matcher matcher = PATTERN.matcher(text);
        int at = 0;
        while (at < text.length()) {
            matcher.region(at, text.length());
            int comma = text.indexOf(',', at);
            if (comma >= 0 && text.substring(at, comma).isBlank()) {
                at = comma + 1;
            } else if (text.substring(at).isBlank()) {
                at = text.length();
            } else if (matcher.lookingAt() && (matcher.end() == text.length() || text.charAt(matcher.end()) == ',')) {
                all.add(parse(matcher.group(), where));
                at = matcher.end() + 1;
            } else {
                throw unreadable(text.substring(at), where);
            }
        }
        return all;
    }

    /** A table as users write it: {@code schema.table}, in quotes only where that would name another one, or none. */
    public static String text(TableId table) {
        String plain = table.toString();
        Matcher matcher = PATTERN.matcher(plain);
        boolean same = matcher.matches() && !matcher.group(2).equals("*")
                && unquoted(matcher.group(1)).equals(table.schema()) && unquoted(matcher.group(2)).equals(table.name());
        return same ? plain : table.quoted();
    }

    /** The one table that it names. */
    public TableId table() {
        return new TableId(schema, name);
    }

    private static String unquoted(String name) {
        return name.startsWith("\"") ? name.substring(1, name.length() - 1).replace("\"\"", "\"") : name;
    }

    private static PgCdcException unreadable(String text, String where) {
        return new PgCdcException(
                ErrorCode.CONFIGURATION, where + " names '" + text.trim() + "'",
                "Each table is written schema.table, or \"schema\".\"table\"; in the option tables all of a schema schema.*");
    }

    @Override
    public String toString() {
        return schema + '.' + (name == null ? "*" : name);
    }
}

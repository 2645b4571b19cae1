package io.pgcdc.postgres;

import java.util.List;

import io.pgcdc.model.TableId;

/** Whether a user may copy a table. */
public enum ReadAccess {

    ALLOWED,
    DENIED,
    /** Row-level security would leave rows out. */
    FILTERED;

    /**
     * The name of one of these, of {@code pg_publication_tables} p, {@code pg_class} c and {@code pg_namespace} n.
     * Whoever may read the published columns may copy them.
     */
    static String sql(int majorVersion) {
        String published = majorVersion >= Catalog.COLUMN_LISTS ? "a.attname = ANY(p.attnames)" : "a.attgenerated = ''";
        return "CASE WHEN row_security_active(c.oid) THEN 'FILTERED'"
               + " WHEN has_schema_privilege(n.oid, 'USAGE') AND (has_table_privilege(c.oid, 'SELECT')"
               + "   OR has_any_column_privilege(c.oid, 'SELECT') AND NOT EXISTS (SELECT FROM pg_attribute a"
               + "     WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND " + published
               + "     AND NOT has_column_privilege(c.oid, a.attnum, 'SELECT'))) THEN 'ALLOWED' ELSE 'DENIED' END";
    }

    /** What is wrong; follows "the user …". */
    public String what() {
        return switch (this) {
            case ALLOWED -> "may read";
            case DENIED -> "may not read all published columns of";
            case FILTERED -> "is kept by row-level security from reading all rows of";
        };
    }

    /** The SQL that allows it, in one line. */
    public String remedy(TableId table, String user) {
        return String.join("; ", statements(table, user));
    }

    /** The SQL that allows it. */
    List<String> statements(TableId table, String user) {
        return switch (this) {
            case ALLOWED -> List.of();
            case DENIED -> List.of(
                    "GRANT USAGE ON SCHEMA " + TableId.quote(table.schema()) + " TO " + user,
                    "GRANT SELECT ON " + table.quoted() + " TO " + user);
            case FILTERED -> List.of("ALTER ROLE " + user + " BYPASSRLS");
        };
    }
}

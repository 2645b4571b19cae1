package io.pgcdc.routes.jdbc.dialect;

import java.math.BigDecimal;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

import io.pgcdc.model.Column;

/** A type of PostgreSQL, and how its values are written in the text format of COPY. */
final class PostgresType implements ColumnType {

    /** How the text that PostgreSQL reads differs from that of a portable value. */
    private enum Form {
        /** Text as it is; JSON of lists and maps. */
        TEXT,
        PLAIN,
        /** A year that is negative, or has a sign, is written in another way. */
        TIME,
        BYTES
    }

    static final PostgresType TEXT = new PostgresType("text", Form.TEXT, 0);
    static final PostgresType INTEGER = new PostgresType("integer", Form.PLAIN, 0);

    /**
     * Types whose values can't be written everywhere: they name objects of the source, the server alone makes them, or
     * PostgreSQL 14 reads their text otherwise than 16 prints it.
     */
    private static final Set<String> KEPT_AS_TEXT = Set.of(
            "aclitem", "\"char\"", "gtsvector", "pg_brin_bloom_summary", "pg_brin_minmax_multi_summary",
            "pg_dependencies", "pg_mcv_list", "pg_ndistinct", "pg_node_tree", "regclass", "regcollation",
            "regconfig", "regdictionary", "regnamespace", "regoper", "regoperator", "regproc", "regprocedure", "regrole",
            "regtype");

    /** Types whose text, or what they become, depends on settings of the session. */
    private static final Set<String> OF_SESSION = Set.of(
            "bytea", "date", "double precision", "interval", "money", "real", "time with time zone", "time without time zone",
            "timestamp with time zone", "timestamp without time zone", "xml");

    private final String sql;
    private final Form form;
    /** What separates the elements of an array, 0 for a type that is none. */
    private final char delimiter;

    private PostgresType(String sql, Form form, int delimiter) {
        this.sql = sql;
        this.form = form;
        this.delimiter = (char) delimiter;
    }

    /** The source's own type, or text where the destination may not know it. */
    static PostgresType of(Column column) {
        TypeName type = TypeName.of(column);
        if (type == null || KEPT_AS_TEXT.contains(type.name())) {
            return TEXT;
        }
        Form form = type.name().equals("bytea") ? Form.BYTES
                : type.name().equals("date") || type.name().startsWith("timestamp") ? Form.TIME
                : Form.PLAIN;
        return new PostgresType(
                column.typeName(), form, !type.isArray() ? 0 : type.name().equals("box") ? ';' : ',');
    }

    /** Whether every PostgreSQL converts values of the type, or to it, in the same way. */
    static boolean isConvertedAlike(Column column) {
        TypeName type = TypeName.of(column);
        return type != null && !KEPT_AS_TEXT.contains(type.name()) && !OF_SESSION.contains(type.name());
    }

    @Override
    public String sql() {
        return sql;
    }

    /** Appends a portable value other than {@code null}. */
    void write(StringBuilder copy, Object value) {
        if (delimiter != 0 && value instanceof List<?> elements) {
            StringBuilder array = new StringBuilder();
            array(array, elements);
            escape(copy, array);
        } else if (value instanceof BigDecimal number) {
            copy.append(number.toPlainString());
        } else if (value instanceof Number || value instanceof Boolean) {
            copy.append(value);
        } else {
            escape(copy, text(value));
        }
    }

    private void array(StringBuilder array, List<?> elements) {
        char separator = '{';
        for (Object element : elements) {
            array.append(separator);
            if (element instanceof List<?> inner) {
                array(array, inner);
            } else if (element == null) {
                array.append("NULL");
            } else {
                quote(array, text(element));
            }
            separator = delimiter;
        }
        array.append(elements.isEmpty() ? "{}" : "}");
    }

    private String text(Object value) {
        return switch (form) {
            case TEXT -> JsonText.of(value);
            case PLAIN -> value instanceof BigDecimal number ? number.toPlainString() : value.toString();
            case TIME -> withEra((String) value);
            case BYTES -> "\\x" + HexFormat.of().formatHex(Base64.getDecoder().decode((String) value));
        };
    }

    /** ISO 8601 has a year 0, which is 1 BC, and signs for years of more than four digits. */
    private static String withEra(String time) {
        if (time.charAt(0) == '+') {
            return time.substring(1);
        }
        int yearEnd = time.indexOf('-', 1);
        if (yearEnd < 0 || time.charAt(0) != '-' && !time.startsWith("0000")) {
            return time;
        }
        if (time.charAt(1) == 'i') {
            return time;
        }
        int year = 1 - Integer.parseInt(time.substring(0, yearEnd));
        return "%04d%s BC".formatted(year, time.substring(yearEnd));
    }

    private static void quote(StringBuilder array, String element) {
        array.append('"');
        for (int i = 0; i < element.length(); i++) {
            char character = element.charAt(i);
            if (character == '"' || character == '\\') {
                array.append('\\');
            }
            array.append(character);
        }
        array.append('"');
    }

    private static void escape(StringBuilder copy, CharSequence text) {
        int length = text.length();
        for (int i = 0; i < length; i++) {
            char character = text.charAt(i);
            switch (character) {
                case '\\' -> copy.append("\\\\");
                case '\n' -> copy.append("\\n");
                case '\r' -> copy.append("\\r");
                case '\t' -> copy.append("\\t");
                default -> copy.append(character);
            }
        }
    }
}

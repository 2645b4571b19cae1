package io.pgcdc.routes.jdbc.dialect;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;

import io.pgcdc.model.Column;

/** A type of H2, and what its values are for JDBC. */
final class H2Type implements ColumnType {

    static final H2Type TEXT = new H2Type("CHARACTER LARGE OBJECT", JsonText::of);
    /** The longest that a key may be. */
    static final H2Type KEY_TEXT = new H2Type("CHARACTER VARYING(1048576)", JsonText::of);
    static final H2Type INTEGER = new H2Type("INTEGER", value -> value);

    private static final H2Type BIGINT = new H2Type("BIGINT", value -> value);

    /** All others are text. What a function throws says that the type can't hold the value: infinity, 24:00, NaN. */
    private static final Map<String, H2Type> TYPES = Map.ofEntries(
            Map.entry("boolean", new H2Type("BOOLEAN", value -> value)),
            Map.entry("smallint", new H2Type("SMALLINT", value -> value)),
            Map.entry("integer", INTEGER),
            Map.entry("bigint", BIGINT),
            Map.entry("oid", BIGINT),
            Map.entry("real", new H2Type("REAL", value -> value instanceof String text ? Float.valueOf(text) : value)),
            Map.entry("double precision",
                    new H2Type("DOUBLE PRECISION", value -> value instanceof String text ? Double.valueOf(text) : value)),
            Map.entry("money", new H2Type("NUMERIC(19, 2)", BigDecimal.class::cast)),
            Map.entry("uuid", new H2Type("UUID", value -> UUID.fromString((String) value))),
            Map.entry("date", new H2Type("DATE", value -> LocalDate.parse((String) value))),
            Map.entry("time without time zone", new H2Type("TIME(6)", value -> LocalTime.parse((String) value))),
            Map.entry("time with time zone",
                    new H2Type("TIME(6) WITH TIME ZONE", value -> OffsetTime.parse((String) value))),
            Map.entry("timestamp without time zone",
                    new H2Type("TIMESTAMP(6)", value -> LocalDateTime.parse((String) value))),
            Map.entry("timestamp with time zone",
                    new H2Type("TIMESTAMP(6) WITH TIME ZONE", value -> OffsetDateTime.parse((String) value))));

    private static final H2Type BYTES = bytes("BINARY LARGE OBJECT");
    private static final H2Type KEY_BYTES = bytes("BINARY VARYING(1048576)");

    private final String sql;
    private final Function<Object, Object> jdbc;

    private H2Type(String sql, Function<Object, Object> jdbc) {
        this.sql = sql;
        this.jdbc = jdbc;
    }

    static H2Type of(Column column, boolean key) {
        TypeName type = TypeName.of(column);
        H2Type text = key ? KEY_TEXT : TEXT;
        if (type == null || type.isArray()) {
            return text;
        }
        return switch (type.name()) {
            case "bytea" -> key ? KEY_BYTES : BYTES;
            case "numeric" -> type.hasPrecision() && type.scale() >= 0 && type.scale() <= type.precision()
                    ? new H2Type("NUMERIC(" + type.precision() + ", " + type.scale() + ")", BigDecimal.class::cast)
                    : text;
            default -> TYPES.getOrDefault(type.name(), text);
        };
    }

    @Override
    public String sql() {
        return sql;
    }

    Object jdbc(Object value, int column) {
        try {
            return jdbc.apply(value);
        } catch (RuntimeException e) {
            throw new UnfitValueException(column, this);
        }
    }

    private static H2Type bytes(String sql) {
        return new H2Type(sql, value -> Base64.getDecoder().decode((String) value));
    }
}

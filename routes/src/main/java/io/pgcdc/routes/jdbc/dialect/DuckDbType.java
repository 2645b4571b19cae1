package io.pgcdc.routes.jdbc.dialect;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.SQLException;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;

import io.pgcdc.model.Column;
import org.duckdb.DuckDBAppender;

/** A type of DuckDB, and how its values are given to an Appender. */
final class DuckDbType implements ColumnType {

    /** Appends a portable value other than {@code null}, or returns false if the type can't hold it. */
    private interface Append {
        boolean append(DuckDBAppender appender, Object value) throws SQLException;
    }

    static final DuckDbType TEXT = of("VARCHAR", (appender, value) -> appender.append(JsonText.of(value)));
    static final DuckDbType INTEGER
            = of("INTEGER", (appender, value) -> appender.append(((Number) value).intValue()));

    private static final DuckDbType JSON = of("JSON", (appender, value) -> appender.append(JsonText.of(value)));
    private static final DuckDbType BIGINT = of("BIGINT", (appender, value) -> appender.append(((Number) value).longValue()));

    /** All others are VARCHAR; numeric has parameters. */
    private static final Map<String, DuckDbType> TYPES = Map.ofEntries(
            Map.entry("boolean", of("BOOLEAN", (appender, value) -> appender.append((boolean) value))),
            Map.entry("smallint", of("SMALLINT", (appender, value) -> appender.append(((Number) value).shortValue()))),
            Map.entry("integer", INTEGER),
            Map.entry("bigint", BIGINT),
            Map.entry("oid", BIGINT),
            Map.entry("real", of("FLOAT", (appender, value) -> appender.append(value instanceof String text
                    ? Float.parseFloat(text) : ((Number) value).floatValue()))),
            Map.entry("double precision", of("DOUBLE", (appender, value) -> appender.append(value instanceof String text
                    ? Double.parseDouble(text) : ((Number) value).doubleValue()))),
            // whole cents in 64 bits
            Map.entry("money", decimal(19, 2)),
            Map.entry("json", JSON),
            Map.entry("jsonb", JSON),
            Map.entry("bytea", of("BLOB", (appender, value) -> appender.append(Base64.getDecoder().decode((String) value)))),
            Map.entry("uuid", of("UUID", (appender, value) -> appender.append(UUID.fromString((String) value)))),
            Map.entry("date", of("DATE", (appender, value) -> appender.appendEpochDays(days((String) value)))),
            Map.entry("time without time zone",
                    of("TIME", (appender, value) -> appender.appendDayMicros(IsoTime.timeMicros((String) value)))),
            Map.entry("time with time zone",
                    of("TIMETZ", (appender, value) -> appender.appendDayMicros(
                            IsoTime.timeMicros((String) value), IsoTime.offsetSeconds((String) value)))),
            Map.entry("timestamp without time zone", timestamp("TIMESTAMP")),
            Map.entry("timestamp with time zone", timestamp("TIMESTAMPTZ")));

    /** The digits that DECIMAL holds. */
    private static final int MOST_DIGITS = 38;
    // What DuckDB keeps infinity as.
    private static final long INFINITE_MICROS = Long.MAX_VALUE;
    private static final int INFINITE_DAYS = Integer.MAX_VALUE;

    private final String sql;
    private final Append append;

    private DuckDbType(String sql, Append append) {
        this.sql = sql;
        this.append = append;
    }

    static DuckDbType of(Column column) {
        TypeName type = TypeName.of(column);
        if (type == null) {
            return TEXT;
        }
        if (type.isArray()) {
            return JSON;
        }
        if (type.name().equals("numeric")) {
            return type.hasPrecision() && type.precision() <= MOST_DIGITS && type.scale() >= 0
                    && type.scale() <= type.precision() ? decimal(type.precision(), type.scale()) : TEXT;
        }
        return TYPES.getOrDefault(type.name(), TEXT);
    }

    @Override
    public String sql() {
        return sql;
    }

    void append(DuckDBAppender appender, Object value, int column) throws SQLException {
        if (!append.append(appender, value)) {
            throw new UnfitValueException(column, this);
        }
    }

    private static DuckDbType decimal(int precision, int scale) {
        return new DuckDbType("DECIMAL(" + precision + "," + scale + ")", (appender, value) -> {
            if (!(value instanceof BigDecimal number)) {
                return false; // NaN
            }
            BigDecimal scaled = number.scale() == scale ? number : number.setScale(scale, RoundingMode.HALF_UP);
            if (scaled.compareTo(number) != 0 || scaled.precision() > precision) {
                return false;
            }
            appender.append(scaled);
            return true;
        });
    }

    private static DuckDbType timestamp(String sql) {
        return new DuckDbType(sql, (appender, value) -> {
            String text = (String) value;
            if (text.equals(IsoTime.INFINITY)) {
                appender.appendEpochMicros(INFINITE_MICROS);
            } else if (text.equals(IsoTime.MINUS_INFINITY)) {
                appender.appendEpochMicros(-INFINITE_MICROS);
            } else {
                long micros;
                try {
                    micros = IsoTime.timestampMicros(text);
                } catch (ArithmeticException e) {
                    return false; // in the years from 294247 on
                }
                if (micros == INFINITE_MICROS) {
                    return false;
                }
                appender.appendEpochMicros(micros);
            }
            return true;
        });
    }

    private static int days(String text) {
        return switch (text) {
            case IsoTime.INFINITY -> INFINITE_DAYS;
            case IsoTime.MINUS_INFINITY -> -INFINITE_DAYS;
            default -> Math.toIntExact(IsoTime.days(text));
        };
    }

    private interface Always {
        void append(DuckDBAppender appender, Object value) throws SQLException;
    }

    private static DuckDbType of(String sql, Always always) {
        return new DuckDbType(sql, (appender, value) -> {
            always.append(appender, value);
            return true;
        });
    }
}

package io.pgcdc.routes.bigquery;

import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Base64;

/**
 * Takes values as pgcdc delivers them, with values=portable or values=java, for what a column type holds. Never rounds,
 * cuts or replaces: what does not fit throws.
 */
final class Values {

    private static final int NUMERIC_INTEGER_DIGITS = 29;
    private static final int NUMERIC_SCALE = 9;
    private static final int BIGNUMERIC_DIGITS = 38;
    private static final long MICROS = 1_000_000;
    private static final int NANOS_OF_MICRO = 1000;

    private Values() {
    }

    static boolean bool(Object value) throws UnfitValueException {
        if (value instanceof Boolean bool) {
            return bool;
        }
        throw new UnfitValueException("a BOOL is true or false");
    }

    static long int64(Object value) throws UnfitValueException {
        if (value instanceof Long || value instanceof Integer || value instanceof Short) {
            return ((Number) value).longValue();
        }
        throw new UnfitValueException("an INT64 is a whole number of 64 bits");
    }

    static double float64(Object value) throws UnfitValueException {
        if (value instanceof Double || value instanceof Float) {
            return ((Number) value).doubleValue();
        }
        if (value instanceof String text) {
            return switch (text) {
                case "NaN" -> Double.NaN;
                case "Infinity" -> Double.POSITIVE_INFINITY;
                case "-Infinity" -> Double.NEGATIVE_INFINITY;
                default -> throw new UnfitValueException("a FLOAT64 is a number");
            };
        }
        throw new UnfitValueException("a FLOAT64 is a number");
    }

    static BigDecimal numeric(Object value) throws UnfitValueException {
        return decimal(value, NUMERIC_INTEGER_DIGITS, NUMERIC_SCALE,
                "a NUMERIC has 29 digits before the point and 9 behind it, and is a number");
    }

    static BigDecimal bigNumeric(Object value) throws UnfitValueException {
        return decimal(value, BIGNUMERIC_DIGITS, BIGNUMERIC_DIGITS,
                "a BIGNUMERIC has 38 digits before the point and 38 behind it, and is a number");
    }

    private static BigDecimal decimal(Object value, int integerDigits, int scale, String what) throws UnfitValueException {
        if (value instanceof Integer || value instanceof Long) {
            return BigDecimal.valueOf(((Number) value).longValue());
        }
        if (!(value instanceof BigDecimal)) {
            throw new UnfitValueException(what);
        }
        BigDecimal number = (BigDecimal) value;
        if (number.scale() > scale) {
            number = number.stripTrailingZeros();
        }
        if (number.scale() > scale || number.precision() - number.scale() > integerDigits && number.signum() != 0) {
            throw new UnfitValueException(what);
        }
        return number;
    }

    /** Text has no character that BigQuery would not take: PostgreSQL has no zero byte in text either. */
    static String string(Object value) {
        return PortableText.of(value);
    }

    static String json(Object value) throws UnfitValueException {
        return JsonText.requireExact(value instanceof String json ? json : JsonText.of(value));
    }

    static byte[] bytes(Object value) throws UnfitValueException {
        if (value instanceof byte[] bytes) {
            return bytes;
        }
        if (value instanceof String base64) {
            return Base64.getDecoder().decode(base64);
        }
        throw new UnfitValueException("BYTES are bytes");
    }

    /** Microseconds since 1970. */
    static long micros(LocalDateTime utc) {
        return utc.toEpochSecond(ZoneOffset.UTC) * MICROS + utc.getNano() / NANOS_OF_MICRO;
    }
}

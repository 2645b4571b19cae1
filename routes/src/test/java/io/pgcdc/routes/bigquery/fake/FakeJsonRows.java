package io.pgcdc.routes.bigquery.fake;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.Map;

import com.google.api.client.util.Data;

/** Whether the JSON rows of streamed inserts fit their table. */
final class FakeJsonRows {

    private FakeJsonRows() {
    }

    /** What is wrong with a row, or {@code null}. */
    static String error(FakeTable table, Map<String, Object> row) {
        for (Map.Entry<String, Object> field : row.entrySet()) {
            FakeColumn column = table.column(field.getKey()).orElse(null);
            if (column == null) {
                return "no such field: " + field.getKey();
            }
            try {
                requireFits(column.type(), field.getValue());
            } catch (RuntimeException e) {
                return "invalid value for " + column.name() + " of type " + column.type();
            }
        }
        return null;
    }

    private static void requireFits(String type, Object value) {
        if (value == null || Data.isNull(value)) {
            return;
        }
        switch (type) {
            case "BOOL" -> require(value instanceof Boolean);
            case "INT64" -> new BigDecimal(value.toString()).longValueExact();
            case "FLOAT64" -> Double.parseDouble(value.toString());
            case "NUMERIC" -> decimal(value, 29, 9);
            case "BIGNUMERIC" -> decimal(value, 38, 38);
            case "STRING", "JSON" -> require(value instanceof String);
            case "BYTES" -> Base64.getDecoder().decode((String) value);
            case "DATE" -> require(LocalDate.parse((String) value).getYear() <= 9999);
            case "TIME" -> LocalTime.parse((String) value);
            case "DATETIME" -> require(LocalDateTime.parse((String) value).getYear() <= 9999);
            case "TIMESTAMP" -> require(OffsetDateTime.parse((String) value).getYear() <= 9999);
            default -> throw new IllegalArgumentException(type);
        }
    }

    private static void decimal(Object value, int integerDigits, int scale) {
        BigDecimal number = new BigDecimal(value.toString()).stripTrailingZeros();
        require(number.scale() <= scale && number.precision() - number.scale() <= integerDigits);
    }

    private static void require(boolean fits) {
        if (!fits) {
            throw new IllegalArgumentException();
        }
    }
}

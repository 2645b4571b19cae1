package io.pgcdc.routes.bigquery;

import java.util.Set;

import io.pgcdc.model.Column;
import io.pgcdc.model.TableSchema;

/**
 * Which column type keeps which type of PostgreSQL, so that every value is kept exactly or refused. Built-in types are
 * known by their OIDs, which never change (src/include/catalog/pg_type.dat).
 */
final class ColumnTypes {

    private static final int BOOL = 16;
    private static final int BYTEA = 17;
    private static final int INT8 = 20;
    private static final int INT2 = 21;
    private static final int INT4 = 23;
    private static final int OID = 26;
    private static final int FLOAT4 = 700;
    private static final int FLOAT8 = 701;
    private static final int MONEY = 790;
    private static final int DATE = 1082;
    private static final int TIME = 1083;
    private static final int TIMESTAMP = 1114;
    private static final int TIMESTAMPTZ = 1184;
    private static final int NUMERIC = 1700;
    private static final int JSONB = 3802;

    // Digits before and behind the point.
    private static final int NUMERIC_INTEGER_DIGITS = 29;
    private static final int NUMERIC_SCALE = 9;
    private static final int BIGNUMERIC_DIGITS = 38;

    private final UnboundedNumeric unboundedNumeric;
    private final Set<String> textColumns;

    /** @param textColumns columns that are text whatever their type, each {@code schema.table.column} */
    ColumnTypes(UnboundedNumeric unboundedNumeric, Set<String> textColumns) {
        this.unboundedNumeric = unboundedNumeric;
        this.textColumns = Set.copyOf(textColumns);
    }

    BigQueryType of(TableSchema schema, Column column) {
        if (textColumns.contains(schema.table() + "." + column.name())) {
            return BigQueryType.STRING;
        }
        BigQueryType type = of(column);
        return column.identity() && schema.hasUniqueKey() && !type.keys() ? BigQueryType.STRING : type;
    }

    private BigQueryType of(Column column) {
        return switch ((int) column.typeOid()) {
            case BOOL -> BigQueryType.BOOL;
            case INT2, INT4, INT8, OID -> BigQueryType.INT64;
            case FLOAT4, FLOAT8 -> BigQueryType.FLOAT64;
            case NUMERIC -> numeric(column.typeModifier());
            case MONEY -> BigQueryType.NUMERIC;
            case BYTEA -> BigQueryType.BYTES;
            case DATE -> BigQueryType.DATE;
            case TIME -> BigQueryType.TIME;
            case TIMESTAMP -> BigQueryType.DATETIME;
            case TIMESTAMPTZ -> BigQueryType.TIMESTAMP;
            case JSONB -> BigQueryType.JSON;
            default -> isArray(column) ? BigQueryType.JSON : BigQueryType.STRING;
        };
    }

    private static boolean isArray(Column column) {
        return column.typeName() != null && column.typeName().endsWith("[]");
    }

    /** The modifier is precision and scale, a number of 16 and one of 11 bits, and 4 more (numeric.c). */
    private BigQueryType numeric(int modifier) {
        if (modifier < 0) {
            return unboundedNumeric == UnboundedNumeric.BIGNUMERIC ? BigQueryType.BIGNUMERIC : BigQueryType.STRING;
        }
        int precision = modifier - 4 >> 16 & 0xFFFF;
        int scale = (modifier - 4 & 0x7FF ^ 0x400) - 0x400;
        int integerDigits = precision - scale;
        if (integerDigits <= NUMERIC_INTEGER_DIGITS && scale <= NUMERIC_SCALE) {
            return BigQueryType.NUMERIC;
        }
        return integerDigits <= BIGNUMERIC_DIGITS && scale <= BIGNUMERIC_DIGITS
                ? BigQueryType.BIGNUMERIC : BigQueryType.STRING;
    }
}

package io.pgcdc.pgoutput;

import io.pgcdc.model.Column;
import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableSchema;
import io.pgcdc.types.ValueFormatException;

/** Makes the error for a value that its codec does not take. It names everything but the value. */
final class UndecodableValue {

    private UndecodableValue() {
    }

    static PgCdcException exception(TableSchema schema, int position, String where, RuntimeException cause) {
        if (cause instanceof PgCdcException failure) {
            return failure; // of a look-up, not of the value
        }
        Column column = schema.columns().get(position);
        String type = column.typeName() == null ? "with OID " + column.typeOid() : column.typeName();
        ValueFormatException reason = withoutValue(cause);
        return new PgCdcException(
                ErrorCode.DECODE,
                "Column " + column.name() + " of table " + schema.table() + " has a value " + where
                                  + " that is not understood as type " + type + ": " + reason.getMessage(),
                "Report the type with the server's version; until then leave the column out of the publication",
                reason);
    }

    /**
     * A codec's own exception tells no value. Any other is a defect of a codec, and its message may well hold the value
     * (as NumberFormatException's does); only its name and its place are kept.
     */
    private static ValueFormatException withoutValue(RuntimeException cause) {
        if (cause instanceof ValueFormatException reason) {
            return reason;
        }
        ValueFormatException reason = new ValueFormatException("its codec failed with " + cause.getClass().getName());
        reason.setStackTrace(cause.getStackTrace());
        return reason;
    }
}

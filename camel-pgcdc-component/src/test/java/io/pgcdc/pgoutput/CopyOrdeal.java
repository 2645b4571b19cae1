package io.pgcdc.pgoutput;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.pgcdc.model.Column;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.ReplicaIdentity;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableSchema;
import io.pgcdc.types.Codecs;
import io.pgcdc.types.ValueStyle;

/**
 * Gives messages to {@link CopyFraming}, and the rows in them to {@link CopyRowDecoder}. The first byte of an input
 * chooses the style of the values, the second one the number of columns, then there is a byte for the type of each; the
 * messages follow as {@link Frames}.
 */
final class CopyOrdeal implements Ordeal {

    static final int JAVA_STYLE = 1;
    static final int UNKNOWN_TYPES_TO_BYTES = 2;
    /** The header was sent before. */
    static final int BEGUN = 4;

    private static final long NUMERIC = 1700;
    /**
     * A few bytes may say a power of ten that has as many digits as PostgreSQL allows. They are made: so many bytes of
     * a row would be given the memory for it.
     */
    private static final int LARGEST_NUMERIC = (131_072 + 16_383) / 12;

    @Override
    public void undergo(byte[] input, Trial trial) {
        int options = input.length == 0 ? 0 : input[0];
        int columns = input.length < 2 ? 0 : Math.min(input[1] & 0xFF, input.length - 2);
        ValueStyle style = (options & JAVA_STYLE) != 0 ? ValueStyle.JAVA : ValueStyle.PORTABLE;
        Codecs codecs = EveryType.codecs(style, (options & UNKNOWN_TYPES_TO_BYTES) != 0);
        TableSchema schema = schema(input, columns);
        CopyFraming framing = new CopyFraming(schema.table());
        if ((options & BEGUN) != 0) {
            framing.rowStart(CopyBytes.header());
        }
        CopyRowDecoder decoder = new CopyRowDecoder(schema, codecs, Lsn.ZERO);
        int numerics = (int) schema.columns().stream().filter(column -> column.typeOid() == NUMERIC).count();
        for (byte[] message : Frames.split(input, 2 + columns)) {
            // Every row costs the array of its values.
            int length = message.length + columns + numerics * LARGEST_NUMERIC;
            trial.decode(length, "shop.hostile", true, () -> {
                int start = framing.rowStart(message);
                if (start >= 0) {
                    Values.read(Arrays.asList(decoder.decode(message, start, message.length - start)));
                }
            });
        }
    }

    private static TableSchema schema(byte[] input, int columns) {
        List<Column> made = new ArrayList<>(columns);
        for (int i = 0; i < columns; i++) {
            int type = (input[2 + i] & 0xFF) % EveryType.OIDS.size();
            made.add(new Column("c" + i, EveryType.OIDS.get(type), null, -1, true, false));
        }
        return new TableSchema(new TableId("shop", "hostile"), 16401, ReplicaIdentity.DEFAULT, made);
    }
}

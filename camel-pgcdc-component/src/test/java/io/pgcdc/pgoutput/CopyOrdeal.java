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
 * Gives rows to {@link CopyRowDecoder}. The first byte of an input chooses the style of the values, the second one the
 * number of columns, then there is a byte for the type of each; the rows follow as {@link Frames}.
 */
final class CopyOrdeal implements Ordeal {

    static final int JAVA_STYLE = 1;
    static final int UNKNOWN_TYPES_TO_BYTES = 2;

    @Override
    public void undergo(byte[] input, Trial trial) {
        int options = input.length == 0 ? 0 : input[0];
        int columns = input.length < 2 ? 0 : Math.min(input[1] & 0xFF, input.length - 2);
        ValueStyle style = (options & JAVA_STYLE) != 0 ? ValueStyle.JAVA : ValueStyle.PORTABLE;
        Codecs codecs = EveryType.codecs(style, (options & UNKNOWN_TYPES_TO_BYTES) != 0);
        CopyRowDecoder decoder = new CopyRowDecoder(schema(input, columns), codecs, Lsn.ZERO);
        for (byte[] row : Frames.split(input, 2 + columns)) {
            // Every row costs the array of its values.
            int length = row.length + columns;
            trial.decode(
                    length, "shop.hostile", true,
                    () -> Values.read(Arrays.asList(decoder.decode(row, 0, row.length))));
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

package io.pgcdc.pgoutput;

import java.util.HashMap;
import java.util.Map;

import io.pgcdc.model.Column;
import io.pgcdc.model.TableSchema;
import io.pgcdc.types.Codecs;
import io.pgcdc.types.ColumnCodec;

/** The codecs of a table's columns, in their order. */
final class ColumnCodecs {

    private ColumnCodecs() {
    }

    /** Those of their text; types that are not known yet are looked up, at once for all. */
    static ColumnCodec[] of(TableSchema schema, Codecs codecs) {
        Map<Long, String> types = new HashMap<>();
        for (Column column : schema.columns()) {
            types.put(column.typeOid(), column.typeName());
        }
        codecs.learn(types);
        ColumnCodec[] found = new ColumnCodec[schema.columns().size()];
        for (int column = 0; column < found.length; column++) {
            found[column] = codecs.codec(schema.columns().get(column).typeOid());
        }
        return found;
    }

    /** Those of their binary form, {@code null} where there is none; to be asked for after those of the text. */
    static ColumnCodec[] binary(TableSchema schema, Codecs codecs) {
        ColumnCodec[] found = new ColumnCodec[schema.columns().size()];
        for (int column = 0; column < found.length; column++) {
            found[column] = codecs.binaryCodec(schema.columns().get(column).typeOid());
        }
        return found;
    }
}

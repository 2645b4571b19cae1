package io.pgcdc.pgoutput;

import java.util.HashMap;
import java.util.Map;

import io.pgcdc.model.Column;
import io.pgcdc.model.TableSchema;
import io.pgcdc.types.Codecs;
import io.pgcdc.types.ColumnCodec;

/** The codecs of a table's columns, in their order; types that are not known yet are looked up, at once for all. */
final class ColumnCodecs {

    private ColumnCodecs() {
    }

    static ColumnCodec[] of(TableSchema schema, Codecs codecs) {
        Map<Long, String> types = new HashMap<>();
        for (Column column : schema.columns()) {
            types.put(column.typeOid(), column.typeName());
        }
        codecs.learn(types);
        return schema.columns().stream()
                .map(column -> codecs.codec(column.typeOid()))
                .toArray(ColumnCodec[]::new);
    }
}

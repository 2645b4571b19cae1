package io.pgcdc.types;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The attributes that a composite type has, or once had.
 *
 * @param attributes     their names, in order
 * @param codecs         what reads their values
 * @param lostAttributes whether the type had others before
 */
record CompositeShape(List<String> attributes, List<ColumnCodec> codecs, boolean lostAttributes) {

    int size() {
        return attributes.size();
    }

    /** A row of so many fields, the first of these attributes. */
    Map<String, Object> read(CompositeReader reader, int fields) {
        if (fields == 0) {
            return Collections.emptyMap();
        }
        Map<String, Object> values = new LinkedHashMap<>(fields * 2);
        reader.open();
        for (int i = 0; i < fields; i++) {
            reader.nextField();
            values.put(attributes.get(i), reader.value(codecs.get(i)));
        }
        return Collections.unmodifiableMap(values);
    }
}

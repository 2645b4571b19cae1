package io.pgcdc.types;

import java.util.HashMap;
import java.util.Map;

/**
 * The types of well-known extensions, by name: their OIDs differ in every database, and so may their schema. hstore has
 * a codec; the values of the others are the text that PostgreSQL prints.
 */
final class ExtensionTypes {

    private static final String[] WITH_TEXT = {
            "citext", "ltree", "lquery", "ltxtquery", "cube", "seg",
            "ean13", "isbn13", "ismn13", "issn13", "isbn", "ismn", "issn", "upc",
            "query_int",
            "vector", "halfvec", "sparsevec",
            "geometry", "geography", "box2d", "box3d", "raster" };

    /** By name. */
    static final Map<String, ColumnCodec> ALL = all();

    private ExtensionTypes() {
    }

    private static Map<String, ColumnCodec> all() {
        Map<String, ColumnCodec> all = new HashMap<>();
        for (String name : WITH_TEXT) {
            all.put(name, TextCodecs::text);
        }
        all.put("hstore", HstoreCodec::decode);
        return Map.copyOf(all);
    }
}

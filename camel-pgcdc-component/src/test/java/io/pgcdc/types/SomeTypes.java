package io.pgcdc.types;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.pgcdc.types.TypeDescription.Attribute;
import io.pgcdc.types.TypeDescription.Kind;

/** Types of every kind that users and extensions make, as a catalogue tells them. */
public final class SomeTypes {

    public static final long MOOD = 17_001;
    public static final long MOODS = 17_002;
    public static final long POSITIVE = 17_003;
    public static final long POSITIVES = 17_004;
    public static final long EVEN_POSITIVE = 17_005;
    public static final long MATRIX = 17_006;
    public static final long MATRICES = 17_007;
    public static final long ITEM = 17_008;
    public static final long ITEMS = 17_009;
    public static final long PARCEL = 17_010;
    public static final long NOTHING = 17_011;
    public static final long FLOAT_RANGE = 17_012;
    public static final long FLOAT_MULTIRANGE = 17_013;
    public static final long HSTORE = 17_014;
    public static final long CITEXT = 17_015;
    public static final long COMPLEX = 17_016;
    public static final long COMPLEXES = 17_017;
    public static final long CITEXTS = 17_018;

    public static final List<TypeDescription> ALL = List.of(
            TypeDescription.plain(MOOD, "shop", "mood", Kind.ENUM),
            TypeDescription.array(MOODS, "shop", "_mood", MOOD, ','),
            TypeDescription.domain(POSITIVE, "shop", "positive", TypeOids.INT4),
            TypeDescription.array(POSITIVES, "shop", "_positive", POSITIVE, ','),
            TypeDescription.domain(EVEN_POSITIVE, "shop", "even_positive", POSITIVE),
            TypeDescription.domain(MATRIX, "shop", "matrix", TypeOids.INT4_ARRAY),
            TypeDescription.array(MATRICES, "shop", "_matrix", MATRIX, ','),
            TypeDescription.composite(ITEM, "shop", "item", List.of(
                    new Attribute("number", EVEN_POSITIVE), new Attribute("name", TypeOids.TEXT),
                    new Attribute("at", TypeOids.TIMESTAMPTZ)), false),
            TypeDescription.array(ITEMS, "shop", "_item", ITEM, ','),
            TypeDescription.composite(PARCEL, "shop", "parcel", List.of(
                    new Attribute("first", ITEM), new Attribute("all", ITEMS), new Attribute("moods", MOODS)), true),
            TypeDescription.composite(NOTHING, "shop", "nothing", List.of(), true),
            TypeDescription.plain(FLOAT_RANGE, "shop", "float_range", Kind.RANGE),
            TypeDescription.plain(FLOAT_MULTIRANGE, "shop", "float_multirange", Kind.MULTIRANGE),
            TypeDescription.plain(HSTORE, "extensions", "hstore", Kind.BASE),
            TypeDescription.plain(CITEXT, "public", "citext", Kind.BASE),
            TypeDescription.array(CITEXTS, "public", "_citext", CITEXT, ','),
            TypeDescription.plain(COMPLEX, "public", "complex", Kind.BASE),
            TypeDescription.array(COMPLEXES, "public", "_complex", COMPLEX, ';'));

    private SomeTypes() {
    }

    /** Codecs that have learnt all of them. */
    public static Codecs learnt(ValueStyle style, boolean unknownTypesToBytes) {
        Codecs codecs = Codecs.of(style, unknownTypesToBytes, SomeTypes::find);
        codecs.learn(names(ALL.stream().map(TypeDescription::oid).toList()));
        return codecs;
    }

    /** What {@link Codecs#learn} takes for types whose names nobody told. */
    static Map<Long, String> names(Collection<Long> oids) {
        Map<Long, String> names = new HashMap<>();
        oids.forEach(oid -> names.put(oid, null));
        return names;
    }

    private static List<TypeDescription> find(Collection<Long> oids) {
        return ALL; // more than is asked for, which a look-up may give
    }
}

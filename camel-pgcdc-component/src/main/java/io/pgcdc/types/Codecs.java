package io.pgcdc.types;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.pgcdc.types.TypeDescription.Attribute;
import io.pgcdc.types.TypeDescription.Kind;

/**
 * The codecs of all types in one style, for PostgreSQL's text format and, of many types, for its binary one: of the
 * built-in ones from the start, of all others once they were {@linkplain #learn learnt}. Look the codec of a column up
 * once and keep it with the table's schema: the look-up is no work for every value.
 *
 * <p>
 * What holds for every codec from here: bytes that are no value of the type give a {@link ValueFormatException} and
 * never another exception. The value of given bytes depends on nothing but those bytes, but for composite types: on
 * what is known of their attributes, too; and these may ask the look-up again, whose failure then is the codec's.
 *
 * <p>
 * Text is read as a session with these settings prints it: {@code client_encoding} UTF8, {@code DateStyle} ISO,
 * {@code IntervalStyle} iso_8601, {@code lc_monetary} C, and any {@code TimeZone}. The binary form of a value gives the
 * same as the text of a session at UTC.
 *
 * <p>
 * Safe for use from many threads. What was learnt is never forgotten: a type that is dropped later is still known.
 */
public final class Codecs {

    private static final String CATALOGUE = "pg_catalog.";

    private final ValueStyle style;
    private final ColumnCodec unknown;
    private final TypeLookup lookup;
    private final Map<Long, ColumnCodec> codecs = new ConcurrentHashMap<>();
    private final Map<Long, ColumnCodec> binaryCodecs = new ConcurrentHashMap<>();
    private final Map<Long, TypeDescription> learnt = new ConcurrentHashMap<>();

    private Codecs(ValueStyle style, ColumnCodec unknown, TypeLookup lookup) {
        this.style = style;
        this.unknown = unknown;
        this.lookup = lookup;
        for (KnownType type : KnownTypes.ALL) {
            codecs.put(type.oid(), type.codec(style));
            if (type.hasBinary()) {
                binaryCodecs.put(type.oid(), type.binaryCodec(style));
            }
            if (type.hasArrays()) {
                codecs.put(type.arrayOid(), type.arrayCodec(style));
                if (type.hasBinary()) {
                    binaryCodecs.put(type.arrayOid(), type.binaryArrayCodec(style));
                }
            }
        }
    }

    /** The codecs of the built-in types; every other type is unknown for good. */
    public static Codecs of(ValueStyle style, boolean unknownTypesToBytes) {
        return make(style, unknownTypesToBytes, null);
    }

    /**
     * The codecs of a style.
     *
     * @param style               in which Java types values are handed on
     * @param unknownTypesToBytes what becomes of a type without a codec: {@code true} for the bytes of its text form
     *                            (as {@code byte[]}; in the portable style as base64 text), {@code false} for the text
     * @param lookup              what tells of types that are not built in
     */
    public static Codecs of(ValueStyle style, boolean unknownTypesToBytes, TypeLookup lookup) {
        return make(style, unknownTypesToBytes, Objects.requireNonNull(lookup, "lookup"));
    }

    private static Codecs make(ValueStyle style, boolean unknownTypesToBytes, TypeLookup lookup) {
        Objects.requireNonNull(style, "style");
        return new Codecs(
                style, unknownTypesToBytes ? UnknownTypeCodecs.bytes(style) : UnknownTypeCodecs::text, lookup);
    }

    /**
     * Has every type of these known that can be. Asks the look-up, once for all, for those that are neither built in
     * nor learnt, and again for those with a composite type in them, whose attributes may have changed.
     *
     * <p>
     * A type that is gone from the database is told by the name that the stream told, if that is one of a built-in type
     * or of a well-known extension. Any other that is gone becomes its text: what was made by SQL, an enum above all,
     * can be read as such.
     *
     * @param typeNames the types by OID, each with its name as {@code schema.name}, or {@code null} if nobody told it
     */
    public void learn(Map<Long, String> typeNames) {
        if (lookup == null) {
            return;
        }
        List<Long> wanted = typeNames.keySet().stream().filter(this::isToBeAskedFor).toList();
        if (wanted.isEmpty()) {
            return;
        }
        add(lookup.find(wanted));
        for (Long oid : wanted) {
            if (!learnt.containsKey(oid)) {
                codecs.put(oid, codecOfGone(typeNames.get(oid)));
            }
        }
    }

    /**
     * The codec of a type's binary form; {@code null} if only its text can be read, with {@link #codec(long)}.
     *
     * @param typeOid the OID of the type, as an unsigned number
     */
    public ColumnCodec binaryCodec(long typeOid) {
        return binaryCodecs.get(typeOid);
    }

    /**
     * The codec of a type's text form, never {@code null}: for a type that {@link #isKnown(long) is not known} it is
     * the one of the rule for unknown types, which takes any bytes.
     *
     * @param typeOid the OID of the type, as an unsigned number
     */
    public ColumnCodec codec(long typeOid) {
        return codecs.getOrDefault(typeOid, unknown);
    }

    /**
     * Whether the type is built in or was learnt.
     *
     * @param typeOid the OID of the type, as an unsigned number
     */
    public boolean isKnown(long typeOid) {
        return codecs.containsKey(typeOid);
    }

    /**
     * Whether values of the type are read by codecs of their own; false if it, or anything that it consists of, is
     * taken by the rule for unknown types. Asks nobody: {@linkplain #learn learn} the type before.
     *
     * @param typeOid the OID of the type, as an unsigned number
     */
    public boolean isDecoded(long typeOid) {
        return isDecoded(typeOid, new HashSet<>());
    }

    private boolean isDecoded(long oid, Set<Long> seen) {
        TypeDescription type = learnt.get(oid);
        if (type == null || !seen.add(oid)) {
            return type != null || codec(oid) != unknown;
        }
        return switch (type.kind()) {
            case BASE -> codec(oid) != unknown;
            case ENUM, RANGE, MULTIRANGE -> true;
            case DOMAIN, ARRAY -> isDecoded(type.element(), seen);
            case COMPOSITE -> type.attributes().stream().allMatch(attribute -> isDecoded(attribute.typeOid(), seen));
        };
    }

    private boolean isToBeAskedFor(long oid) {
        TypeDescription known = learnt.get(oid);
        return known == null ? !KnownTypes.contains(oid) : holdsComposite(known, new HashSet<>());
    }

    private boolean holdsComposite(TypeDescription type, Set<Long> seen) {
        if (type.kind() == Kind.COMPOSITE) {
            return true;
        }
        TypeDescription element = learnt.get(type.element());
        return element != null && seen.add(type.oid()) && holdsComposite(element, seen);
    }

    /** Those that were known before keep their codec, which relations hold; composite types change theirs. */
    private synchronized void add(Collection<TypeDescription> found) {
        List<TypeDescription> composites = new ArrayList<>();
        Map<Long, TypeDescription> fresh = new HashMap<>();
        for (TypeDescription type : found) {
            if (KnownTypes.contains(type.oid())) {
                continue;
            }
            boolean known = learnt.put(type.oid(), type) != null;
            if (type.kind() == Kind.COMPOSITE) {
                composites.add(type);
                if (!known) {
                    codecs.put(type.oid(), new CompositeCodec(type.name(), unknown, () -> lookAgain(type.oid())));
                }
            } else if (!known) {
                fresh.put(type.oid(), type);
            }
        }
        for (TypeDescription type : fresh.values()) {
            make(type, fresh, new HashSet<>());
        }
        for (TypeDescription type : composites) {
            ((CompositeCodec) codecs.get(type.oid())).become(shape(type));
        }
    }

    private void lookAgain(long oid) {
        add(lookup.find(List.of(oid)));
    }

    private CompositeShape shape(TypeDescription type) {
        return new CompositeShape(
                type.attributes().stream().map(Attribute::name).toList(),
                type.attributes().stream().map(attribute -> codec(attribute.typeOid())).toList(),
                type.lostAttributes());
    }

    /** Makes what a type consists of first. */
    private ColumnCodec make(TypeDescription type, Map<Long, TypeDescription> fresh, Set<Long> begun) {
        if (!begun.add(type.oid())) {
            return codec(type.oid());
        }
        TypeDescription part = fresh.get(type.element());
        ColumnCodec element = part == null ? codec(type.element()) : make(part, fresh, begun);
        ColumnCodec codec = switch (type.kind()) {
            case BASE -> ExtensionTypes.ALL.getOrDefault(type.name(), unknown);
            case ENUM -> TextCodecs::text;
            case DOMAIN -> element;
            case RANGE -> RangeCodecs.range(type.name());
            case MULTIRANGE -> RangeCodecs.multirange(type.name());
            case ARRAY -> new ArrayCodec(nameOf(type.element()), element, type.delimiter());
            case COMPOSITE -> codec(type.oid());
        };
        codecs.put(type.oid(), codec);
        ColumnCodec binary = makeBinary(type);
        if (binary != null) {
            binaryCodecs.put(type.oid(), binary);
        }
        return codec;
    }

    /** {@code null} for a type that is read as text. */
    private ColumnCodec makeBinary(TypeDescription type) {
        ColumnCodec element = binaryCodec(type.element());
        return switch (type.kind()) {
            case ENUM -> TextCodecs::text;
            case DOMAIN -> element;
            case ARRAY -> element == null ? null : new BinaryArrayCodec(nameOf(type.element()), element);
            case BASE, RANGE, MULTIRANGE, COMPOSITE -> null;
        };
    }

    private String nameOf(long oid) {
        TypeDescription type = learnt.get(oid);
        return type == null ? KnownTypes.name(oid) : type.name();
    }

    private ColumnCodec codecOfGone(String name) {
        if (name == null) {
            return TextCodecs::text;
        }
        String local = name.substring(name.indexOf('.') + 1);
        KnownType builtIn = name.startsWith(CATALOGUE) ? KnownTypes.find(local) : null;
        if (builtIn != null) {
            return local.equals(builtIn.name()) ? builtIn.codec(style) : builtIn.arrayCodec(style);
        }
        return ExtensionTypes.ALL.getOrDefault(local, TextCodecs::text);
    }
}

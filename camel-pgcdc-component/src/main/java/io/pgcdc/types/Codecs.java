package io.pgcdc.types;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * The codecs of all types in one style. Look the codec of a column up once and keep it with the table's schema: the
 * look-up is no work for every value.
 *
 * <p>
 * What holds for every codec from here: it is stateless; the value of given bytes depends on nothing but those bytes;
 * bytes that are no value of the type give a {@link ValueFormatException} and never another exception. Bytes are read
 * as a session with {@code client_encoding} UTF8, {@code DateStyle} ISO and any {@code TimeZone} prints them.
 *
 * <p>
 * Immutable and safe for use from many threads.
 */
public final class Codecs {

    private final Map<Long, ColumnCodec> codecs;
    private final ColumnCodec unknown;

    private Codecs(Map<Long, ColumnCodec> codecs, ColumnCodec unknown) {
        this.codecs = codecs;
        this.unknown = unknown;
    }

    /**
     * The codecs of a style.
     *
     * @param style               in which Java types values are handed on
     * @param unknownTypesToBytes what becomes of a type without a codec: {@code true} for the bytes of its text form
     *                            (as {@code byte[]}; in the portable style as base64 text), {@code false} for the text
     */
    public static Codecs of(ValueStyle style, boolean unknownTypesToBytes) {
        Objects.requireNonNull(style, "style");
        Map<Long, ColumnCodec> codecs = new HashMap<>();
        for (KnownType type : KnownTypes.ALL) {
            ColumnCodec codec = type.codec(style);
            codecs.put(type.oid(), codec);
            codecs.put(type.arrayOid(), new ArrayCodec(type.name(), codec));
        }
        return new Codecs(codecs, unknownTypesToBytes ? UnknownTypeCodecs.bytes(style) : UnknownTypeCodecs::text);
    }

    /**
     * The codec of a type, never {@code null}: for a type that {@link #isKnown(long) is not known} it is the one of the
     * rule for unknown types, which takes any bytes.
     *
     * @param typeOid the OID of the type, as an unsigned number
     */
    public ColumnCodec codec(long typeOid) {
        return codecs.getOrDefault(typeOid, unknown);
    }

    /**
     * Whether the type has a codec of its own.
     *
     * @param typeOid the OID of the type, as an unsigned number
     */
    public boolean isKnown(long typeOid) {
        return codecs.containsKey(typeOid);
    }
}

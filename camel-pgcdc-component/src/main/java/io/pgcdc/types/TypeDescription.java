package io.pgcdc.types;

import java.util.List;
import java.util.Objects;

/**
 * What the catalogue says of a type.
 *
 * @param oid            the type's OID, as an unsigned number
 * @param schema         the schema that it is in
 * @param name           its name
 * @param kind           what it is
 * @param element        of an array its elements' type, of a domain the type that it is made of; else 0
 * @param delimiter      of an array what stands between two elements
 * @param attributes     of a composite type its attributes in order; else empty
 * @param lostAttributes of a composite type whether it once had attributes that it has no more
 */
public record TypeDescription(long oid, String schema, String name, Kind kind, long element, char delimiter,
        List<Attribute> attributes, boolean lostAttributes) {

    /** What a type is. */
    public enum Kind {
        /** A type of its own, of PostgreSQL or of an extension. */
        BASE,
        ENUM,
        DOMAIN,
        COMPOSITE,
        RANGE,
        MULTIRANGE,
        /** What PostgreSQL calls a true array, which prints as one. */
        ARRAY
    }

    /**
     * An attribute of a composite type.
     *
     * @param name    its name
     * @param typeOid the OID of its type, as an unsigned number
     */
    public record Attribute(String name, long typeOid) {

        public Attribute {
            Objects.requireNonNull(name, "name");
        }
    }

    public TypeDescription {
        Objects.requireNonNull(schema, "schema");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(kind, "kind");
        attributes = List.copyOf(attributes);
    }

    /** A type that is neither an array nor made of others. */
    public static TypeDescription plain(long oid, String schema, String name, Kind kind) {
        return new TypeDescription(oid, schema, name, kind, 0, ',', List.of(), false);
    }

    public static TypeDescription domain(long oid, String schema, String name, long base) {
        return new TypeDescription(oid, schema, name, Kind.DOMAIN, base, ',', List.of(), false);
    }

    public static TypeDescription array(long oid, String schema, String name, long element, char delimiter) {
        return new TypeDescription(oid, schema, name, Kind.ARRAY, element, delimiter, List.of(), false);
    }

    public static TypeDescription composite(
            long oid, String schema, String name, List<Attribute> attributes, boolean lostAttributes) {
        return new TypeDescription(oid, schema, name, Kind.COMPOSITE, 0, ',', attributes, lostAttributes);
    }
}

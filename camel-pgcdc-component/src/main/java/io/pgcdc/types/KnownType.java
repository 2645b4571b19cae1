package io.pgcdc.types;

/**
 * One row of the table of types: a type, the type of its arrays, and how its values are read.
 *
 * @param oid      the type's OID
 * @param name     its name in the catalogue, for errors
 * @param arrayOid the OID of the type of its arrays
 * @param portable reads a value in the style {@link ValueStyle#PORTABLE}
 * @param java     reads a value in the style {@link ValueStyle#JAVA}
 */
record KnownType(long oid, String name, long arrayOid, ColumnCodec portable, ColumnCodec java) {

    ColumnCodec codec(ValueStyle style) {
        return switch (style) {
            case PORTABLE -> portable;
            case JAVA -> java;
        };
    }
}

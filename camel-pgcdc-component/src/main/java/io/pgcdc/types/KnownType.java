package io.pgcdc.types;

/**
 * One row of the table of types: a type, the type of its arrays, and how its values are read.
 *
 * @param oid       the type's OID
 * @param name      its name in the catalogue
 * @param arrayOid  the OID of the type of its arrays, {@link #NO_ARRAYS} if there is none
 * @param delimiter what stands between two elements of its arrays
 * @param portable  reads a value in the style {@link ValueStyle#PORTABLE}
 * @param java      reads a value in the style {@link ValueStyle#JAVA}
 */
record KnownType(long oid, String name, long arrayOid, char delimiter, ColumnCodec portable, ColumnCodec java) {

    static final long NO_ARRAYS = 0;

    boolean hasArrays() {
        return arrayOid != NO_ARRAYS;
    }

    ColumnCodec codec(ValueStyle style) {
        return switch (style) {
            case PORTABLE -> portable;
            case JAVA -> java;
        };
    }

    ColumnCodec arrayCodec(ValueStyle style) {
        return new ArrayCodec(name, codec(style), delimiter);
    }
}

package io.pgcdc.types;

/**
 * One row of the table of types: a type, the type of its arrays, and how its values are read.
 *
 * @param oid            the type's OID
 * @param name           its name in the catalogue
 * @param arrayOid       the OID of the type of its arrays, {@link #NO_ARRAYS} if there is none
 * @param delimiter      what stands between two elements of its arrays
 * @param portable       reads the text of a value in the style {@link ValueStyle#PORTABLE}
 * @param java           reads the text of a value in the style {@link ValueStyle#JAVA}
 * @param portableBinary reads the binary form of a value in the style {@link ValueStyle#PORTABLE}; {@code null} if only
 *                       its text can be read
 * @param javaBinary     reads the binary form of a value in the style {@link ValueStyle#JAVA}; or {@code null}
 */
record KnownType(long oid, String name, long arrayOid, char delimiter, ColumnCodec portable, ColumnCodec java,
        ColumnCodec portableBinary, ColumnCodec javaBinary) {

    static final long NO_ARRAYS = 0;

    /** A type that has only a text form for us. */
    KnownType(long oid, String name, long arrayOid, char delimiter, ColumnCodec portable, ColumnCodec java) {
        this(oid, name, arrayOid, delimiter, portable, java, null, null);
    }

    KnownType withBinary(ColumnCodec newPortable, ColumnCodec newJava) {
        return new KnownType(oid, name, arrayOid, delimiter, portable, java, newPortable, newJava);
    }

    /** A type whose values are the same in both styles. */
    KnownType withBinary(ColumnCodec both) {
        return withBinary(both, both);
    }

    /** A type whose binary form is its text. */
    KnownType sameInBinary() {
        return withBinary(portable, java);
    }

    boolean hasBinary() {
        return portableBinary != null;
    }

    boolean hasArrays() {
        return arrayOid != NO_ARRAYS;
    }

    ColumnCodec codec(ValueStyle style) {
        return switch (style) {
            case PORTABLE -> portable;
            case JAVA -> java;
        };
    }

    ColumnCodec binaryCodec(ValueStyle style) {
        return switch (style) {
            case PORTABLE -> portableBinary;
            case JAVA -> javaBinary;
        };
    }

    ColumnCodec arrayCodec(ValueStyle style) {
        return new ArrayCodec(name, codec(style), delimiter);
    }

    ColumnCodec binaryArrayCodec(ValueStyle style) {
        return new BinaryArrayCodec(name, binaryCodec(style));
    }
}

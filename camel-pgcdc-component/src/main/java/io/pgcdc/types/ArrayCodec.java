package io.pgcdc.types;

/**
 * An array of any type's elements, as an unmodifiable List that may hold {@code null}; more dimensions are Lists in
 * Lists. Lower bounds other than 1 are read and dropped.
 */
final class ArrayCodec implements ColumnCodec {

    private final String type;
    private final ColumnCodec element;
    private final char delimiter;

    /**
     * @param elementType the name of the elements' type
     * @param element     reads one element
     * @param delimiter   what stands between two elements
     */
    ArrayCodec(String elementType, ColumnCodec element, char delimiter) {
        this.type = elementType + "[]";
        this.element = element;
        this.delimiter = delimiter;
    }

    @Override
    public Object decode(byte[] bytes, int offset, int length) {
        return new ArrayReader(type, element, delimiter, bytes, offset, length).read();
    }
}

package io.pgcdc.types;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * An array in PostgreSQL's binary format: the number of dimensions, a flag, the type of the elements, for each
 * dimension its length and its lower bound, then the elements, each behind its length, -1 for NULL. The values are
 * those of {@link ArrayCodec}.
 */
final class BinaryArrayCodec implements ColumnCodec {

    private static final int HEADER = 3 * Integer.BYTES;
    private static final int DIMENSION = 2 * Integer.BYTES;
    private static final int NULL = -1;

    private final String type;
    private final ColumnCodec element;

    /**
     * @param elementType the name of the elements' type
     * @param element     reads one element's binary form
     */
    BinaryArrayCodec(String elementType, ColumnCodec element) {
        this.type = elementType + "[]";
        this.element = element;
    }

    @Override
    public Object decode(byte[] bytes, int offset, int length) {
        if (length < HEADER) {
            throw cutOff();
        }
        int dimensions = BinaryValue.int4(bytes, offset);
        if (dimensions < 0 || dimensions > ArrayReader.MOST_DIMENSIONS) {
            throw ValueFormatException.of(type, "no number of dimensions");
        }
        int start = HEADER + dimensions * DIMENSION;
        if (length < start) {
            throw cutOff();
        }
        if (dimensions == 0) {
            if (length > start) {
                throw somethingFollows();
            }
            return Collections.emptyList();
        }
        Reader reader = new Reader(bytes, offset, dimensions, offset + start, offset + length);
        List<Object> values = reader.readDimension(0);
        if (reader.position < reader.end) {
            throw somethingFollows();
        }
        return values;
    }

    private ValueFormatException cutOff() {
        return ValueFormatException.of(type, "it is cut off");
    }

    private ValueFormatException somethingFollows() {
        return ValueFormatException.of(type, "something follows the last element");
    }

    private final class Reader {
        private final byte[] bytes;
        private final int[] lengths;
        private final int end;
        private int position;

        private Reader(byte[] bytes, int offset, int dimensions, int start, int end) {
            this.bytes = bytes;
            this.lengths = new int[dimensions];
            this.position = start;
            this.end = end;
            for (int i = 0; i < dimensions; i++) {
                lengths[i] = BinaryValue.int4(bytes, offset + HEADER + i * DIMENSION);
            }
        }

        private List<Object> readDimension(int depth) {
            int size = lengths[depth];
            // No element takes less than its length does, and no dimension has no elements.
            if (size < 1 || size > (end - position) / Integer.BYTES) {
                throw ValueFormatException.of(type, "the length of a dimension is out of range");
            }
            Object[] values = new Object[size];
            for (int i = 0; i < size; i++) {
                values[i] = depth < lengths.length - 1 ? readDimension(depth + 1) : readElement();
            }
            return Collections.unmodifiableList(Arrays.asList(values));
        }

        private Object readElement() {
            if (end - position < Integer.BYTES) {
                throw cutOff();
            }
            int length = BinaryValue.int4(bytes, position);
            position += Integer.BYTES;
            if (length == NULL) {
                return null;
            }
            if (length < 0 || length > end - position) {
                throw cutOff();
            }
            int start = position;
            position += length;
            return element.decode(bytes, start, length);
        }
    }
}

package io.pgcdc.types;

import java.util.HashMap;
import java.util.Map;

/**
 * A composite type, as an unmodifiable Map of attribute name to value, in order.
 *
 * <p>
 * A row is printed with the attributes that its type had when the row was written, and the catalogue shows those of
 * now. So where a row does not fit the attributes that are known, in their number or in a value, it is asked for again;
 * where that does not help, the row is read
 * <ul>
 * <li>with the last known attributes of that number; or</li>
 * <li>if it has fewer fields than the type has attributes and none was ever dropped, with the first attributes, for new
 * ones are added at the end; or</li>
 * <li>as a value of an unknown type.</li>
 * </ul>
 *
 * <p>
 * Safe for use from many threads.
 */
final class CompositeCodec implements ColumnCodec {

    private final String type;
    private final ColumnCodec unknown;
    private final Runnable lookAgain;

    /** More fields no row has; PostgreSQL's own limit (MaxHeapAttributeNumber). */
    private static final int MOST_FIELDS = 1_600;

    private final Map<Integer, CompositeShape> earlier = new HashMap<>();
    private volatile CompositeShape shape;
    /**
     * How many rows have not fitted the present shape, by their number of fields. It is asked for again at the 1st,
     * 2nd, 4th, … of them: not for every row, and yet not too late.
     */
    private final Map<Integer, Integer> misfits = new HashMap<>();

    /**
     * @param type      its name
     * @param unknown   what reads a row that fits no attributes that are known
     * @param lookAgain has {@link #become} called if the catalogue still knows the type
     */
    CompositeCodec(String type, ColumnCodec unknown, Runnable lookAgain) {
        this.type = type;
        this.unknown = unknown;
        this.lookAgain = lookAgain;
    }

    /** The attributes are these now. */
    synchronized void become(CompositeShape now) {
        if (!now.equals(shape)) {
            shape = now;
            earlier.put(now.size(), now);
            misfits.clear();
        }
    }

    @Override
    public Object decode(byte[] bytes, int offset, int length) {
        CompositeReader reader = new CompositeReader(type, bytes, offset, length);
        int count = reader.count();
        CompositeShape now = shape;
        Object row = read(now, reader, count, length);
        if (row != null) {
            return row;
        }
        if (isTimeToLookAgain(count)) {
            lookAgain.run();
            row = read(shape, reader, count, length);
        }
        if (row == null) {
            row = read(earlier(count), reader, count, length);
        }
        if (row == null) {
            row = readFirst(shape, reader, count);
        }
        return row != null ? row : unknown.decode(bytes, offset, length);
    }

    private synchronized CompositeShape earlier(int count) {
        return earlier.get(count);
    }

    private synchronized boolean isTimeToLookAgain(int count) {
        return count <= MOST_FIELDS && Integer.bitCount(misfits.merge(count, 1, Integer::sum)) == 1;
    }

    /** {@code null} if the row does not fit. */
    private static Map<String, Object> read(CompositeShape shape, CompositeReader reader, int count, int length) {
        if (shape == null) {
            return null;
        }
        // No attribute and a single one that is NULL print alike.
        boolean none = shape.size() == 0 && count == 1 && length == 2;
        return none || shape.size() == count ? tried(shape, reader, none ? 0 : count) : null;
    }

    private static Map<String, Object> readFirst(CompositeShape shape, CompositeReader reader, int count) {
        boolean added = count < shape.size() && !shape.lostAttributes();
        return added ? tried(shape, reader, count) : null;
    }

    private static Map<String, Object> tried(CompositeShape shape, CompositeReader reader, int count) {
        try {
            return shape.read(reader, count);
        } catch (ValueFormatException e) {
            return null; // of another type by now
        }
    }
}

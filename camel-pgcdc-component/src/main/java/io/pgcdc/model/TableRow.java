package io.pgcdc.model;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;

/**
 * A row as a read-only map of column name to value, in column order. A column that PostgreSQL did not send is absent
 * from the map; a column that is NULL is present with the value {@code null}.
 *
 * <p>
 * The values lie in one array in the order of {@link TableSchema#columns()}; the map is a view of it.
 */
public class TableRow extends AbstractMap<String, Object> {

    /** Stands in the array of values for a column that PostgreSQL did not send. */
    public static final Object ABSENT = new Object() {
        @Override
        public String toString() {
            return "absent";
        }
    };

    private final TableSchema schema;
    private final Object[] values;

    /**
     * Takes over the array, which the caller must not change any more.
     *
     * @throws IllegalArgumentException if there are not as many values as columns
     */
    public TableRow(TableSchema schema, Object[] values) {
        this.schema = Objects.requireNonNull(schema, "schema");
        this.values = values;
        if (values.length != schema.columns().size()) {
            throw new IllegalArgumentException(
                    "table " + schema.table() + " has " + schema.columns().size()
                                               + " columns, the row " + values.length);
        }
    }

    /** The shape of the table when this row was written. */
    public final TableSchema schema() {
        return schema;
    }

    /** Whether the column at this position was sent. */
    public final boolean isPresent(int position) {
        return values[position] != ABSENT;
    }

    /** The value at a position, {@code null} for NULL and for a column that was not sent. */
    public final Object value(int position) {
        Object value = values[position];
        return value == ABSENT ? null : value;
    }

    /** The row's key columns only. */
    protected final TableRow keyOf() {
        Object[] key = new Object[values.length];
        java.util.Arrays.fill(key, ABSENT);
        for (int i = 0; i < schema.keySize(); i++) {
            key[schema.keyPosition(i)] = values[schema.keyPosition(i)];
        }
        return new TableRow(schema, key);
    }

    @Override
    public Object get(Object columnName) {
        int position = schema.position(columnName);
        return position < 0 ? null : value(position);
    }

    @Override
    public boolean containsKey(Object columnName) {
        int position = schema.position(columnName);
        return position >= 0 && values[position] != ABSENT;
    }

    @Override
    public int size() {
        int size = 0;
        for (Object value : values) {
            if (value != ABSENT) {
                size++;
            }
        }
        return size;
    }

    @Override
    public boolean isEmpty() {
        return size() == 0;
    }

    @Override
    public Set<Map.Entry<String, Object>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public Iterator<Map.Entry<String, Object>> iterator() {
                return new EntryIterator();
            }

            @Override
            public int size() {
                return TableRow.this.size();
            }
        };
    }

    /** The table and the names of its columns; never a value. */
    @Override
    public String toString() {
        return schema.table() + keySet().stream().collect(java.util.stream.Collectors.joining(", ", "{", "}"));
    }

    private final class EntryIterator implements Iterator<Map.Entry<String, Object>> {
        private int next = skipAbsent(0);

        private int skipAbsent(int from) {
            int position = from;
            while (position < values.length && values[position] == ABSENT) {
                position++;
            }
            return position;
        }

        @Override
        public boolean hasNext() {
            return next < values.length;
        }

        @Override
        public Map.Entry<String, Object> next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            int position = next;
            next = skipAbsent(position + 1);
            return new SimpleImmutableEntry<>(schema.columns().get(position).name(), values[position]);
        }
    }
}

package io.pgcdc.routes.jdbc.dialect;

import java.util.List;
import java.util.stream.IntStream;

import io.pgcdc.model.TableId;

/**
 * A table of the destination.
 *
 * @param catalogue what its name is qualified with beside the schema, {@code null} if nothing
 * @param name      its schema and name
 * @param columns   its columns; they need not be in this order
 * @param key       the positions of the primary key's columns, empty if it has none
 */
public record TargetTable(String catalogue, TableId name, List<TargetColumn> columns, List<Integer> key) {

    public TargetTable {
        columns = List.copyOf(columns);
        key = List.copyOf(key);
    }

    public boolean hasKey() {
        return !key.isEmpty();
    }

    /** The positions of the columns that are not part of the key. */
    public List<Integer> others() {
        return IntStream.range(0, columns.size()).boxed().filter(i -> !key.contains(i)).toList();
    }

    public String quoted() {
        return quoted(name);
    }

    /** The name of another object of the same catalogue. */
    String quoted(TableId other) {
        return quoted(catalogue, other);
    }

    static String quoted(String catalogue, TableId name) {
        return (catalogue == null ? "" : TableId.quote(catalogue) + '.') + name.quoted();
    }

    /** The same table under another name. */
    public TargetTable named(TableId other) {
        return new TargetTable(catalogue, other, columns, key);
    }
}

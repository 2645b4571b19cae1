package io.pgcdc.pipeline;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.pgcdc.model.Column;
import io.pgcdc.model.ReplicaIdentity;
import io.pgcdc.model.TableSchema;
import io.pgcdc.postgres.TableDescription;
import io.pgcdc.postgres.TableDescription.Described;

/**
 * Completes what a relation message says of a table with what was known before and with what the catalogue knows now:
 * numbers of columns, names of types, defaults, nullability, and the primary key where the message only flags the
 * replica identity. What the stream says is never overridden, and what the catalogue has got since is left out.
 *
 * <p>
 * Numbers tell a column that got another name from one that went and one that came. They are found by name, and where a
 * name was given away, by order: the stream has columns in the order of their numbers, and a column that is new has a
 * higher one than all before it.
 */
final class SchemaMerge {

    private final List<Column> announced;
    private final TableSchema known;
    private final TableDescription current;
    private final Map<String, Column> knownByName = new HashMap<>();
    private final Map<Integer, Column> knownByNumber = new HashMap<>();
    private final Map<String, Described> currentByName = new HashMap<>();
    private final Map<Integer, Described> currentByNumber = new HashMap<>();

    private SchemaMerge(TableSchema announced, TableSchema known, TableDescription current) {
        this.announced = announced.columns();
        this.known = known;
        this.current = current;
        if (known != null) {
            for (Column column : known.columns()) {
                knownByName.put(column.name(), column);
                if (column.number() != 0) {
                    knownByNumber.put(column.number(), column);
                }
            }
        }
        for (Described column : current.columns()) {
            currentByName.put(column.column().name(), column);
            currentByNumber.put(column.column().number(), column);
        }
    }

    /**
     * The complete shape; the known one itself if nothing has changed.
     *
     * @param known what was told last, or {@code null}
     */
    static TableSchema merge(TableSchema announced, TableSchema known, TableDescription current) {
        List<Column> columns = new SchemaMerge(announced, known, current).columns(announced.replicaIdentity());
        TableSchema merged
                = new TableSchema(announced.table(), announced.relationOid(), announced.replicaIdentity(), columns);
        return merged.equals(known) && missingValues(merged).equals(missingValues(known)) ? known : merged;
    }

    private static List<String> missingValues(TableSchema shape) {
        return shape.columns().stream().map(Column::missingValue).toList();
    }

    /** Whether two shapes, both of one announcement, have different columns under one name. */
    static boolean isReplaced(TableSchema shape, TableSchema later) {
        for (int i = 0; i < shape.columns().size(); i++) {
            int number = shape.columns().get(i).number();
            int laterNumber = later.columns().get(i).number();
            if (number != 0 && laterNumber != 0 && number != laterNumber) {
                return true;
            }
        }
        return false;
    }

    private List<Column> columns(ReplicaIdentity identity) {
        int[] numbers = numbers();
        boolean[] key = key(identity, numbers);
        List<Column> columns = new ArrayList<>(announced.size());
        for (int i = 0; i < announced.size(); i++) {
            Column column = announced.get(i);
            Column before = numbers[i] == 0 ? knownByName.get(column.name()) : knownByNumber.get(numbers[i]);
            if (before == null && numbers[i] != 0) {
                // Known without a number.
                Column namesake = knownByName.get(column.name());
                before = namesake != null && namesake.number() == 0 ? namesake : null;
            }
            Described now = numbers[i] == 0 ? null : currentByNumber.get(numbers[i]);
            Column source = now != null && now.past() && now.column().hasTypeOf(column) ? now.column() : before;
            columns.add(new Column(
                    column.name(), column.typeOid(), typeName(i, before), column.typeModifier(),
                    source == null || source.nullable(), key[i], numbers[i],
                    source == null ? null : source.defaultExpression(), missingValue(column, now, before)));
        }
        return columns;
    }

    /** It never becomes another one, so it may be later than the rest; when the table is rewritten it is forgotten. */
    private static String missingValue(Column column, Described now, Column before) {
        if (now != null && now.column().missingValue() != null && now.column().typeOid() == column.typeOid()) {
            return now.column().missingValue();
        }
        return before != null && before.typeOid() == column.typeOid() ? before.missingValue() : null;
    }

    private String typeName(int i, Column before) {
        Column column = announced.get(i);
        if (before != null && before.typeName() != null && before.hasTypeOf(column)) {
            return before.typeName();
        }
        String name = current.typeNames().get(i);
        return name == null ? column.typeName() : name;
    }

    // Numbers.

    private int[] numbers() {
        int[] best = candidates(true, true);
        if (!isPossible(best)) {
            best = candidates(true, false);
        }
        if (!isPossible(best)) {
            best = candidates(false, true);
        }
        if (!isPossible(best)) {
            return new int[announced.size()];
        }
        byOrder(best);
        return best;
    }

    private int[] candidates(boolean fromCurrent, boolean fromKnown) {
        int[] numbers = new int[announced.size()];
        for (int i = 0; i < numbers.length; i++) {
            Column column = announced.get(i);
            Described now = fromCurrent ? currentByName.get(column.name()) : null;
            Column before = fromKnown ? knownByName.get(column.name()) : null;
            boolean asNow = now != null && now.column().hasTypeOf(column)
                    && (before == null || now.past() && !isTaken(now.column()));
            if (asNow) {
                numbers[i] = now.column().number();
            } else if (before != null && before.number() != 0) {
                numbers[i] = before.number();
            } else if (now != null) {
                numbers[i] = now.column().number();
            }
        }
        return numbers;
    }

    /**
     * Whether the catalogue's number for a name is still that of another column, which is announced and not in the
     * catalogue any more: then the catalogue is later than the announcement, for all that the transactions say.
     */
    private boolean isTaken(Column now) {
        Column owner = knownByNumber.get(now.number());
        return owner != null && !owner.name().equals(now.name()) && !currentByName.containsKey(owner.name())
                && announced.stream().anyMatch(column -> column.name().equals(owner.name()));
    }

    /** Whether numbers rise, and leave room for the columns in between, and at the end, that have none yet. */
    private boolean isPossible(int[] numbers) {
        int last = 0;
        int open = 0;
        for (int number : numbers) {
            if (number == 0) {
                open++;
            } else if (number <= last + open) {
                return false;
            } else {
                last = number;
                open = 0;
            }
        }
        return current.highest() == 0 || last + open <= current.highest();
    }

    /** Columns that have no number and stand before ones that were known are those that are missing in between. */
    private void byOrder(int[] numbers) {
        int lastKnown = knownByNumber.keySet().stream().mapToInt(Integer::intValue).max().orElse(0);
        int[] missing = knownByNumber.keySet().stream().mapToInt(Integer::intValue)
                .filter(number -> Arrays.stream(numbers).noneMatch(taken -> taken == number))
                .sorted().toArray();
        int from = 0;
        int after = 0;
        for (int i = 0; i < numbers.length; i++) {
            int number = numbers[i];
            if (number == 0) {
                continue;
            }
            if (number <= lastKnown) {
                int low = after;
                int[] between = Arrays.stream(missing).filter(m -> m > low && m < number).toArray();
                if (between.length == i - from) {
                    System.arraycopy(between, 0, numbers, from, between.length);
                }
            }
            after = number;
            from = i + 1;
        }
        atTheEnd(numbers, from, after);
    }

    /** Columns at the end that have no number have those that are left, if these are no more than ever were given. */
    private void atTheEnd(int[] numbers, int from, int after) {
        if (numbers.length - from == current.highest() - after) {
            for (int i = from; i < numbers.length; i++) {
                numbers[i] = after + 1 + i - from;
            }
        }
    }

    // The key.

    private boolean[] key(ReplicaIdentity identity, int[] numbers) {
        boolean[] key = new boolean[announced.size()];
        for (int i = 0; i < key.length; i++) {
            key[i] = announced.get(i).identity();
        }
        List<Column> primary = current.columns().stream().map(Described::column).filter(Column::identity).toList();
        if (identity != ReplicaIdentity.FULL && identity != ReplicaIdentity.NOTHING) {
            // Part of a key, whose other columns are not published, identifies nothing.
            return current.keyPast() && !primary.isEmpty() && Arrays.stream(numbers).allMatch(number -> number != 0)
                    && primary.stream()
                            .anyMatch(column -> Arrays.stream(numbers).noneMatch(number -> number == column.number()))
                                    ? new boolean[key.length] : key;
        }
        // The message flags all columns, or none; the primary key is the catalogue's to tell.
        if (current.keyPast() && !current.columns().isEmpty()) {
            return primary.isEmpty() ? key : flags(primary, numbers, key);
        }
        return known != null && known.hasKey()
                ? flags(known.columns().stream().filter(Column::identity).toList(), numbers, key)
                : key;
    }

    /** Flags for these columns, if all of them are announced. */
    private boolean[] flags(List<Column> columns, int[] numbers, boolean[] otherwise) {
        boolean[] flags = new boolean[announced.size()];
        for (Column column : columns) {
            boolean found = false;
            for (int i = 0; i < flags.length && !found; i++) {
                found = column.number() != 0 && numbers[i] == column.number()
                        || numbers[i] == 0 && announced.get(i).name().equals(column.name());
                flags[i] |= found;
            }
            if (!found) {
                return otherwise;
            }
        }
        return flags;
    }
}

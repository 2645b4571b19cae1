package io.pgcdc.routes.jdbc;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import io.pgcdc.model.Column;
import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableSchema;
import io.pgcdc.routes.jdbc.dialect.ColumnType;
import io.pgcdc.routes.jdbc.dialect.Dialect;
import io.pgcdc.routes.jdbc.dialect.TargetColumn;
import io.pgcdc.routes.jdbc.dialect.TargetTable;

/** Which columns the table of the destination has for those of the source. */
final class Layout {

    private final Dialect dialect;
    private final WriteMode mode;

    Layout(Dialect dialect, WriteMode mode) {
        this.dialect = dialect;
        this.mode = mode;
    }

    /** The table with the columns that are written, in the source's order; those of a changelog come before them. */
    TargetTable written(SinkTable table) {
        return make(table.target(), table.live(), hasKey(table.shape()));
    }

    /** The table with all of its columns. */
    TargetTable whole(SinkTable table) {
        return make(table.target(), table.columns(), hasKey(table.shape()));
    }

    /** Whether rows are told apart by a key. */
    boolean hasKey(TableSchema shape) {
        return mode == WriteMode.currentState && shape.hasUniqueKey();
    }

    /** How many columns are before those of the source. */
    int offset() {
        return mode == WriteMode.changelog ? ChangelogRows.COLUMNS.size() : 0;
    }

    private TargetTable make(TableId name, List<SinkColumn> columns, boolean keyed) {
        List<TargetColumn> made = new ArrayList<>();
        List<Integer> key = new ArrayList<>();
        for (SinkColumn column : columns) {
            boolean isKey = keyed && !column.isKept() && column.source().identity();
            if (isKey) {
                key.add(made.size());
            }
            made.add(new TargetColumn(column.name(), type(column, isKey)));
        }
        return mode == WriteMode.changelog
                ? ChangelogRows.withControlColumns(name, made, dialect) : new TargetTable(dialect.catalogue(), name, made, key);
    }

    private ColumnType type(SinkColumn column, boolean isKey) {
        return column.isText() ? dialect.textType(isKey) : dialect.typeOf(column.source(), isKey);
    }

    /**
     * The columns' names in the destination: their own, with their number behind it where that is taken by one that
     * differs in upper and lower case alone.
     */
    List<String> names(TableSchema shape) {
        Set<String> taken = new HashSet<>();
        List<String> names = new ArrayList<>();
        for (Column column : shape.columns()) {
            if (mode == WriteMode.changelog && ChangelogRows.COLUMNS.contains(column.name())) {
                throw new PgCdcException(
                        ErrorCode.CONFIGURATION,
                        "Table " + shape.table() + " has a column " + column.name() + ", which a changelog has for itself",
                        "Rename it, or use mode=currentState");
            }
            String name = column.name();
            while (!taken.add(folded(name))) {
                name = name + '_' + column.number();
            }
            names.add(name);
        }
        return names;
    }

    boolean isSame(String one, String other) {
        return folded(one).equals(folded(other));
    }

    private String folded(String name) {
        return dialect.ignoresCase() ? name.toLowerCase(Locale.ROOT) : name;
    }
}

package io.pgcdc.routes.jdbc.dialect;

import java.util.ArrayList;
import java.util.List;

import io.pgcdc.model.TableId;

/** ALTER TABLE statements that give a table other columns and another primary key. */
final class AlterColumns {

    /** What databases say in different ways. Names come quoted. */
    interface Syntax {
        String rename(String from, String to);

        String retype(String column, ColumnType from, ColumnType type);
    }

    private final String table;
    private final TargetTable before;
    private final TargetTable after;
    private final List<Integer> origins;
    private final Syntax syntax;
    private final List<String> statements = new ArrayList<>();

    private AlterColumns(String table, TargetTable before, TargetTable after, List<Integer> origins, Syntax syntax) {
        this.table = table;
        this.before = before;
        this.after = after;
        this.origins = origins;
        this.syntax = syntax;
    }

    /** @param table how statements call it; it may have its new name already */
    static List<String> of(
            String table, TargetTable before, TargetTable after, List<Integer> origins, String keyConstraint,
            Syntax syntax) {
        AlterColumns change = new AlterColumns(table, before, after, origins, syntax);
        change.make(keyConstraint);
        return change.statements;
    }

    private void make(String keyConstraint) {
        List<Integer> keptKey = after.key().stream().map(origins::get).toList();
        boolean otherKey = !keptKey.equals(before.key());
        if (otherKey && keyConstraint != null) {
            alter("DROP CONSTRAINT " + TableId.quote(keyConstraint));
        }
        for (int i = 0; i < before.columns().size(); i++) {
            if (!origins.contains(i)) {
                alter("DROP COLUMN " + before.columns().get(i).quoted());
            } else if (otherKey && before.key().contains(i) && !keptKey.contains(i)) {
                // What made the key can't be NULL, which outlives the key.
                alter("ALTER COLUMN " + before.columns().get(i).quoted() + " DROP NOT NULL");
            }
        }
        rename();
        for (int i = 0; i < after.columns().size(); i++) {
            TargetColumn column = after.columns().get(i);
            if (origins.get(i) < 0) {
                alter("ADD COLUMN " + column.quoted() + " " + column.type().sql());
            } else {
                ColumnType from = before.columns().get(origins.get(i)).type();
                if (!from.sql().equals(column.type().sql())) {
                    alter(syntax.retype(column.quoted(), from, column.type()));
                }
            }
        }
        if (otherKey && after.hasKey()) {
            after.key().forEach(i -> alter("ALTER COLUMN " + Statements.quoted(after, i) + " SET NOT NULL"));
            alter("ADD PRIMARY KEY (" + Statements.each(after.key(), ", ", i -> Statements.quoted(after, i)) + ")");
        }
    }

    /** Names may be exchanged, so where one is taken all take a detour. */
    private void rename() {
        List<Integer> renamed = new ArrayList<>();
        boolean taken = false;
        for (int i = 0; i < after.columns().size(); i++) {
            String name = after.columns().get(i).name();
            if (origins.get(i) >= 0 && !before.columns().get(origins.get(i)).name().equals(name)) {
                renamed.add(i);
                taken |= before.columns().stream().anyMatch(column -> column.name().equals(name));
            }
        }
        for (int i : renamed) {
            String from = before.columns().get(origins.get(i)).quoted();
            alter(syntax.rename(from, taken ? detour(i) : after.columns().get(i).quoted()));
        }
        if (taken) {
            renamed.forEach(i -> alter(syntax.rename(detour(i), after.columns().get(i).quoted())));
        }
    }

    private static String detour(int column) {
        return TableId.quote("_pgcdc_rename_" + column);
    }

    private void alter(String change) {
        statements.add("ALTER TABLE " + table + " " + change);
    }
}

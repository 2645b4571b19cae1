package io.pgcdc.pipeline;

import java.util.function.Function;
import java.util.function.Supplier;

import io.pgcdc.model.TableSchema;
import io.pgcdc.pgoutput.Subscription;

/**
 * The apply worker's interest in an announced relation, whose table may become known, or another one, while the
 * announcement still holds. Changes that come before the table is known are not wanted: its copy will have them.
 */
final class TableRelation implements Subscription {

    private final Supplier<TableProgress> lookUp;
    private final Function<TableProgress, FollowedRelation> follow;
    private final Runnable onUnknown;
    private TableProgress table;
    private FollowedRelation followed;

    /**
     * @param lookUp    finds the table, or {@code null}
     * @param onUnknown told of each change of a table that is not known
     */
    TableRelation(Supplier<TableProgress> lookUp, Function<TableProgress, FollowedRelation> follow, Runnable onUnknown) {
        this.lookUp = lookUp;
        this.follow = follow;
        this.onUnknown = onUnknown;
    }

    @Override
    public TableSchema schema() {
        return followed.schema();
    }

    @Override
    public boolean accepts(long commitLsn) {
        if (followed != null && followed.accepts(commitLsn)) {
            return true;
        }
        TableProgress found = lookUp.get();
        if (found == null) {
            onUnknown.run();
            return false;
        }
        if (found == table) {
            return false;
        }
        table = found;
        followed = follow.apply(found);
        return followed.accepts(commitLsn);
    }
}

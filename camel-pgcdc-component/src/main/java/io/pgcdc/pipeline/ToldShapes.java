package io.pgcdc.pipeline;

import java.util.HashMap;
import java.util.Map;

import io.pgcdc.model.Lsn;
import io.pgcdc.model.TableSchema;
import io.pgcdc.state.SchemaStore;
import io.pgcdc.state.SchemaStore.Version;
import io.pgcdc.state.TablePhase;
import io.pgcdc.state.TableState;

/**
 * The shapes that a start may take as told: of each table the last one from before the position where its changes go
 * on. Later ones are stored, too, but nothing says that their exchange was acknowledged.
 */
final class ToldShapes {

    private static final Lsn LAST = Lsn.of(-1);

    private final String pipeline;
    private final SchemaStore schemas;
    private final Map<String, Lsn> positions;
    private final Lsn start;
    private final Map<Lsn, Map<Long, Version>> before = new HashMap<>();

    /** @param positions of the slots */
    ToldShapes(String pipeline, SchemaStore schemas, Map<String, Lsn> positions, Lsn start) {
        this.pipeline = pipeline;
        this.schemas = schemas;
        this.positions = positions;
        this.start = start;
    }

    /**
     * The shape told last, or the current one if nothing is known.
     *
     * @param state   of a table that is identified
     * @param current what the catalogue has, or {@code null} if the table is not in the publication any more
     */
    Version of(TableState state, TableSchema current) {
        Version told = before.computeIfAbsent(goesOnAt(state), this::load).get(state.identity().relationOid());
        if (told == null && state.phase() == TablePhase.RESET) {
            // Its first copy was given up; what that one had delivered is told.
            told = before.computeIfAbsent(LAST, this::load).get(state.identity().relationOid());
        }
        return told != null || current == null ? told : new Version(Lsn.ZERO, current);
    }

    private Lsn goesOnAt(TableState state) {
        if (state.phase() == TablePhase.ERROR) {
            // What it failed on is not told.
            return state.lsn();
        }
        Lsn position = state.syncSlot() == null ? start : positions.getOrDefault(state.syncSlot(), start);
        return position.compareTo(state.lsn()) > 0 ? position : state.lsn();
    }

    private Map<Long, Version> load(Lsn position) {
        Map<Long, Version> shapes = new HashMap<>();
        if (!position.equals(Lsn.ZERO)) {
            schemas.schemas(pipeline, Lsn.of(position.value() - 1)).forEach(v -> shapes.put(v.schema().relationOid(), v));
        }
        return shapes;
    }
}

package io.pgcdc.pipeline;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import io.pgcdc.model.TableId;
import io.pgcdc.model.TableSchema;
import io.pgcdc.state.TablePhase;
import io.pgcdc.state.TableState;

/**
 * The tables of a running pipeline, by their number in the catalogue, for names change; and the units that are catching
 * up. Thread-safe.
 */
final class TableRegistry {

    private final Map<Long, TableProgress> tables = new ConcurrentHashMap<>();
    private final List<SyncUnit> catchingUp = new CopyOnWriteArrayList<>();

    private volatile boolean handOverUnderWay;
    private volatile boolean anyDetached;

    TableProgress find(long relationOid) {
        return tables.get(relationOid);
    }

    /** The table that a shape is of, or {@code null}. */
    TableProgress find(TableSchema schema) {
        return schema == null ? null : tables.get(schema.relationOid());
    }

    /** The table that has the name now, or {@code null}. */
    TableProgress named(TableId name) {
        return tables.values().stream().filter(table -> table.table.equals(name)).findFirst().orElse(null);
    }

    /** The table whose changes the destination has got under the name, or {@code null}. */
    TableProgress toldAs(TableId name) {
        return tables.values().stream().filter(table -> table.isToldAs(name)).findFirst().orElse(null);
    }

    /**
     * What stays stored of a table that has left: that the destination may have rows of it, under its name and, if that
     * is another one and nobody has it, under the name that the destination knows it by.
     */
    List<TableState> gone(TableProgress table) {
        List<TableState> states = new ArrayList<>();
        states.add(TableState.of(table.table, TablePhase.GONE).identifiedBy(table.identity));
        TableId leftBehind = table.nameLeftBehind();
        if (leftBehind != null && named(leftBehind) == null) {
            states.add(TableState.of(leftBehind, TablePhase.GONE));
        }
        return states;
    }

    void add(TableProgress table) {
        tables.put(table.relationOid, table);
    }

    void remove(TableProgress table) {
        tables.remove(table.relationOid, table);
    }

    void clear() {
        tables.clear();
    }

    Collection<TableProgress> tables() {
        return tables.values();
    }

    List<SyncUnit> catchingUp() {
        return catchingUp;
    }

    void beginCatchUp(SyncUnit unit) {
        catchingUp.add(unit);
    }

    void endCatchUp(SyncUnit unit) {
        catchingUp.remove(unit);
    }

    /** Whether the apply worker takes tables over at the moment, or has not passed their hand-over yet. */
    boolean isHandingOver() {
        return handOverUnderWay || !catchingUp.isEmpty();
    }

    /** A table was taken from its worker: from now on workers have to look before they deliver. */
    void detached() {
        anyDetached = true;
    }

    boolean anyDetached() {
        return anyDetached;
    }

    void handOverUnderWay(boolean value) {
        handOverUnderWay = value;
    }
}

package io.pgcdc.pipeline;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import io.pgcdc.model.TableId;

/** The tables of a running pipeline, and the units that are catching up. Thread-safe. */
final class TableRegistry {

    private final Map<TableId, TableProgress> tables = new ConcurrentHashMap<>();
    private final List<SyncUnit> catchingUp = new CopyOnWriteArrayList<>();

    private volatile boolean handOverUnderWay;
    private volatile boolean anyDetached;

    TableProgress find(TableId table) {
        return tables.get(table);
    }

    /** The table that has this number in the catalogue, whatever its name was, or {@code null}. */
    TableProgress findByOid(long relationOid) {
        return tables.values().stream().filter(t -> t.relationOid == relationOid).findFirst().orElse(null);
    }

    void add(TableProgress table) {
        tables.put(table.table, table);
    }

    void remove(TableId table) {
        tables.remove(table);
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

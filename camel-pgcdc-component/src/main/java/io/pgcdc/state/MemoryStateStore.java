package io.pgcdc.state;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import io.pgcdc.model.Lsn;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableSchema;

/**
 * Remembers for as long as this object lives, so a pipeline starts anew after each restart of the process. Closing it
 * forgets nothing.
 *
 * <p>
 * Thread-safe.
 */
public final class MemoryStateStore implements StateStore, SchemaStore {

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Known> pipelines = new LinkedHashMap<>();

    @Override
    public void prepare() {
        // memory is ready
    }

    @Override
    public Optional<PipelineRecord> pipeline(String pipeline) {
        return locked(() -> Optional.ofNullable(known(pipeline).pipelineRecord));
    }

    @Override
    public void create(
            String pipeline, PipelineRecord pipelineRecord, Lsn position, Collection<TableState> states) {
        locked(() -> {
            Known known = new Known();
            known.pipelineRecord = pipelineRecord;
            known.positions.put(pipelineRecord.slot(), position);
            known.save(states);
            return pipelines.put(pipeline, known);
        });
    }

    @Override
    public boolean remove(String pipeline) {
        return locked(() -> {
            Known known = pipelines.remove(pipeline);
            return known != null && known.pipelineRecord != null;
        });
    }

    @Override
    public void updatePipeline(String pipeline, PipelineRecord pipelineRecord) {
        locked(() -> known(pipeline).pipelineRecord = pipelineRecord);
    }

    @Override
    public Map<String, Lsn> positions(String pipeline) {
        return locked(() -> Map.copyOf(known(pipeline).positions));
    }

    @Override
    public void savePosition(String pipeline, String slot, Lsn position) {
        locked(() -> known(pipeline).positions.merge(
                slot, position, (before, after) -> after.compareTo(before) > 0 ? after : before));
    }

    @Override
    public List<TableState> tables(String pipeline) {
        return locked(() -> List.copyOf(known(pipeline).tables.values()));
    }

    @Override
    public void saveTables(String pipeline, Collection<TableState> states) {
        locked(() -> known(pipeline).save(states));
    }

    @Override
    public void saveTablesAndForgetSlot(String pipeline, Collection<TableState> states, String slot) {
        locked(() -> known(pipeline).save(states).positions.remove(slot));
    }

    @Override
    public List<CopiedRange> copiedRanges(String pipeline, TableId table) {
        return locked(() -> List.copyOf(known(pipeline).ranges.getOrDefault(table, new TreeMap<>()).values()));
    }

    @Override
    public void saveCopiedRange(String pipeline, CopiedRange range) {
        locked(() -> known(pipeline).ranges.computeIfAbsent(range.table(), table -> new TreeMap<>())
                .put(range.fromBlock(), range));
    }

    @Override
    public void renameTables(String pipeline, Map<TableId, TableId> names) {
        locked(() -> known(pipeline).rename(names));
    }

    @Override
    public void removeTables(String pipeline, Collection<TableId> tables) {
        locked(() -> known(pipeline).remove(tables));
    }

    @Override
    public List<Version> schemas(String pipeline, Lsn at) {
        return locked(() -> {
            List<Version> found = new ArrayList<>();
            for (NavigableMap<Lsn, TableSchema> versions : known(pipeline).schemas.values()) {
                Map.Entry<Lsn, TableSchema> latest = versions.floorEntry(at);
                if (latest != null) {
                    found.add(new Version(latest.getKey(), latest.getValue()));
                }
            }
            return found;
        });
    }

    @Override
    public void saveSchemas(String pipeline, Collection<Version> versions) {
        locked(() -> known(pipeline).saveSchemas(versions));
    }

    @Override
    public void close() {
        // nothing is open
    }

    private Known known(String pipeline) {
        return pipelines.computeIfAbsent(pipeline, name -> new Known());
    }

    private <T> T locked(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    /** What is known of one pipeline. */
    private static final class Known {

        private final Map<String, Lsn> positions = new LinkedHashMap<>();
        private final Map<TableId, TableState> tables = new LinkedHashMap<>();
        private final Map<Long, NavigableMap<Lsn, TableSchema>> schemas = new LinkedHashMap<>();
        private final Map<TableId, NavigableMap<Long, CopiedRange>> ranges = new LinkedHashMap<>();
        private PipelineRecord pipelineRecord;

        Known save(Collection<TableState> states) {
            for (TableState state : states) {
                TableState before = tables.get(state.table());
                boolean keep = before != null && state.identity() == null;
                tables.put(state.table(), keep ? state.identifiedBy(before.identity()) : state);
                if (state.phase() != TablePhase.COPYING) {
                    ranges.remove(state.table());
                }
            }
            return this;
        }

        Known saveSchemas(Collection<Version> versions) {
            versions.forEach(version -> schemas
                    .computeIfAbsent(version.schema().relationOid(), table -> new TreeMap<>())
                    .put(version.from(), version.schema()));
            return this;
        }

        Known rename(Map<TableId, TableId> names) {
            Map<TableId, TableState> states = new LinkedHashMap<>();
            Map<TableId, NavigableMap<Long, CopiedRange>> copied = new LinkedHashMap<>();
            names.keySet().forEach(name -> {
                states.put(name, tables.remove(name));
                copied.put(name, ranges.remove(name));
            });
            names.forEach((before, after) -> {
                if (states.get(before) != null) {
                    tables.put(after, states.get(before).named(after));
                }
                if (copied.get(before) != null) {
                    copied.get(before).replaceAll((block, range) -> range.of(after));
                    ranges.put(after, copied.get(before));
                }
            });
            return this;
        }

        Known remove(Collection<TableId> removed) {
            for (TableId table : removed) {
                TableState state = tables.remove(table);
                if (state != null && state.identity() != null) {
                    schemas.remove(state.identity().relationOid());
                }
            }
            removed.forEach(ranges::remove);
            return this;
        }
    }
}

package io.pgcdc.state;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.pgcdc.model.Lsn;
import io.pgcdc.model.TableId;

/**
 * Remembers where pipelines stand. What a method has returned from survives a crash of this process, and of the store's
 * own server as far as that one promises. Each method is atomic. Failures are {@link io.pgcdc.model.PgCdcException}s.
 *
 * <p>
 * Implementations are thread-safe. Methods may block for I/O.
 */
public interface StateStore extends AutoCloseable {

    /** Makes ready what the store needs (tables); called before anything else, and again after each reconnect. */
    void prepare();

    Optional<PipelineRecord> pipeline(String pipeline);

    /**
     * Starts a pipeline anew: everything that was known of it is forgotten, then the record, the position of its apply
     * slot and the states of tables are stored.
     */
    void create(String pipeline, PipelineRecord pipelineRecord, Lsn position, Collection<TableState> states);

    /** Forgets everything that is known of a pipeline; returns whether there was anything. */
    boolean remove(String pipeline);

    /** Replaces the record only (a new timeline). */
    void updatePipeline(String pipeline, PipelineRecord pipelineRecord);

    /** The slots that the pipeline has, each with the position before which all its changes are complete. */
    Map<String, Lsn> positions(String pipeline);

    /** Stores the position of a slot, which becomes known by that if it was not. A position never goes back. */
    void savePosition(String pipeline, String slot, Lsn position);

    List<TableState> tables(String pipeline);

    /**
     * Stores the states of tables, new or known; an identity that is not given stays. The copied ranges of those that
     * are not COPYING are forgotten.
     */
    void saveTables(String pipeline, Collection<TableState> states);

    /** Stores the states of a unit's tables and forgets the unit's slot, in one step. */
    void saveTablesAndForgetSlot(String pipeline, Collection<TableState> states, String slot);

    /** The ranges of a table under copy that are complete. */
    List<CopiedRange> copiedRanges(String pipeline, TableId table);

    /** Stores a range of a table under copy, in place of one with the same first block. */
    void saveCopiedRange(String pipeline, CopiedRange range);

    /**
     * Stores that tables have other names now, with everything that is stored of them; names may be exchanged. A name
     * that none of them gives up must be free.
     */
    void renameTables(String pipeline, Map<TableId, TableId> names);

    /** Forgets tables, with their copied ranges and, where they are identified, their shapes. */
    void removeTables(String pipeline, Collection<TableId> tables);

    @Override
    void close();
}

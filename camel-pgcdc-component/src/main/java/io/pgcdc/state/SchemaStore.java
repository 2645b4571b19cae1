package io.pgcdc.state;

import java.util.Collection;
import java.util.List;

import io.pgcdc.model.Lsn;
import io.pgcdc.model.TableSchema;

/**
 * Remembers the shapes that tables had, by the position from which they held. Which table it is tells its number in the
 * catalogue, for a shape has the name of its time. The same promises as {@link StateStore}.
 */
public interface SchemaStore {

    /**
     * A shape of a table.
     *
     * @param from   the first position at which it holds
     * @param schema the shape
     */
    record Version(Lsn from, TableSchema schema) {
    }

    /** For each table of the pipeline, the latest shape that holds at the position. */
    List<Version> schemas(String pipeline, Lsn at);

    /** Stores shapes; one that is stored for the table and position already is replaced. */
    void saveSchemas(String pipeline, Collection<Version> versions);
}

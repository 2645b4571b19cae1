package io.pgcdc.postgres;

import io.pgcdc.model.TableId;
import io.pgcdc.model.TableIdentity;
import io.pgcdc.model.TableSchema;

/**
 * A table of the publication, as the catalogue shows it to one snapshot.
 *
 * @param schema        its name and its published columns
 * @param membership    see {@link TableIdentity}
 * @param partitioned   whether it is a partitioned table, published by its root
 * @param rowFilter     the publication's row filter as SQL, or {@code null}
 * @param fileNode      the file of its heap, 0 where blocks mean nothing: partitioned tables, other access methods
 * @param blocks        the size of its heap in blocks of 8 KiB; of all leaves for a partitioned table
 * @param bytes         its size with large values outside the heap, without indexes
 * @param estimatedRows how many rows the planner thinks it has, -1 if it was never told
 */
public record PublishedTable(TableSchema schema, long membership, boolean partitioned, String rowFilter, long fileNode,
        long blocks, long bytes, long estimatedRows) {

    public TableId table() {
        return schema.table();
    }

    /** Whether parts of its heap can be read one by one. */
    public boolean hasBlocks() {
        return fileNode != 0;
    }

    public TableIdentity identity() {
        return new TableIdentity(schema.relationOid(), membership);
    }
}

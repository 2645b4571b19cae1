package io.pgcdc.postgres;

import io.pgcdc.model.TableId;

/**
 * A leaf of a partitioned table that is published as its root. Of what becomes of the leaf as a table PostgreSQL sends
 * nothing then.
 *
 * @param root        the number of the root in the catalogue
 * @param relationOid its own number
 * @param table       its name now
 * @param fileNode    the file of its heap: another one after it was truncated or rewritten
 * @param attached    whether it was a table before it became a partition, or what it is a partition of was one
 * @param membership  another number after it, or what it is a partition of, was detached and attached again
 */
public record Partition(long root, long relationOid, TableId table, long fileNode, boolean attached, long membership) {
}

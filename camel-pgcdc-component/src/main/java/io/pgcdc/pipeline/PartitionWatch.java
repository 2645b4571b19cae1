package io.pgcdc.pipeline;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.pgcdc.postgres.Partition;
import io.pgcdc.postgres.PgReplicationClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says a word where PostgreSQL sends none: rows that come to a table, or leave it, with a partition as a whole, while
 * the table is published as its root. For the supervising thread.
 */
final class PartitionWatch {

    private static final Logger LOG = LoggerFactory.getLogger(PartitionWatch.class);

    private final String pipeline;
    private final PgReplicationClient client;
    private final TableRegistry registry;
    private final Map<Long, Partition> known = new HashMap<>();
    private final Set<Long> seenRoots = new HashSet<>();

    PartitionWatch(String pipeline, PgReplicationClient client, TableRegistry registry) {
        this.pipeline = pipeline;
        this.client = client;
        this.registry = registry;
    }

    /** @param roots the numbers of the partitioned tables that the publication has */
    void look(Collection<Long> roots) {
        seenRoots.retainAll(roots);
        known.values().removeIf(partition -> !roots.contains(partition.root()));
        if (roots.isEmpty()) {
            return;
        }
        List<Partition> partitions = client.partitions(roots);
        Map<Long, Partition> gone = new HashMap<>(known);
        for (Partition partition : partitions) {
            gone.remove(partition.relationOid());
            Partition before = known.put(partition.relationOid(), partition);
            if (before == null && partition.attached() && seenRoots.contains(partition.root())) {
                tell("rows that table {} had before it was attached to {} are not delivered", partition);
            } else if (before != null && before.membership() != partition.membership()) {
                tell("partition {} was detached from {} and attached again: what was changed in between is not delivered",
                        partition);
            } else if (before != null && before.fileNode() != partition.fileNode()) {
                tell("partition {} of {} has another file: if it was truncated, the destination still has its rows", partition);
            }
        }
        gone.forEach((oid, partition) -> {
            known.remove(oid);
            tell("partition {} is no part of {} any more, and the destination still has its rows", partition);
        });
        seenRoots.addAll(roots);
    }

    private void tell(String what, Partition partition) {
        TableProgress root = registry.find(partition.root());
        if (root != null) {
            LOG.warn("Pipeline {}: " + what + ". Where that matters, resyncTable copies {} anew", pipeline, partition.table(),
                    root.table, root.table);
        }
    }
}

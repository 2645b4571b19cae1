package io.pgcdc.pipeline;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;

/**
 * What one stream has told of transactions in progress. The one that takes the most memory moves to a file when all
 * together take too much. For one thread.
 */
final class TransactionSpools {

    private final long memoryBytes;
    private final Map<Long, TransactionSpool> spools = new HashMap<>();
    private long inMemory;

    TransactionSpools(long memoryBytes) {
        this.memoryBytes = memoryBytes;
    }

    void add(long xid, long part, ByteBuffer message, long lsn) throws IOException {
        inMemory += spools.computeIfAbsent(xid, number -> new TransactionSpool()).add(part, message, lsn);
        while (inMemory > memoryBytes) {
            TransactionSpool largest = spools.values().stream()
                    .max(Comparator.comparingLong(TransactionSpool::bytesInMemory))
                    .orElseThrow();
            inMemory -= largest.bytesInMemory();
            largest.moveToFile();
        }
    }

    /**
     * A relation is announced, by a transaction in progress, or in order (0). Tells whether all other transactions in
     * progress know it by the same announcement: if not, the last one that came need not be the one that counts when
     * all of them are committed.
     */
    boolean agreeOn(ByteBuffer relation, long xid) {
        int oid = relation.getInt(relation.position() + 1);
        int content = relation.hashCode();
        for (Map.Entry<Long, TransactionSpool> other : spools.entrySet()) {
            if (other.getKey() != xid && other.getValue().announced().getOrDefault(oid, content) != content) {
                return false;
            }
        }
        if (xid != 0) {
            spools.computeIfAbsent(xid, number -> new TransactionSpool()).announced().put(oid, content);
        }
        return true;
    }

    /** Drops what a subtransaction has, or with the number of the transaction itself all of it. */
    void abort(long xid, long part) throws IOException {
        if (part == xid) {
            TransactionSpool spool = remove(xid);
            if (spool != null) {
                spool.close();
            }
        } else if (spools.containsKey(xid)) {
            spools.get(xid).abort(part);
        }
    }

    /** Takes one out, to be closed by the caller; {@code null} if nothing is known of it. */
    TransactionSpool remove(long xid) {
        TransactionSpool spool = spools.remove(xid);
        if (spool != null) {
            inMemory -= spool.bytesInMemory();
        }
        return spool;
    }

    void close() throws IOException {
        while (!spools.isEmpty()) {
            remove(spools.keySet().iterator().next()).close();
        }
    }
}

package io.pgcdc.pgoutput;

/**
 * The relations announced so far, by OID. Looking one up neither boxes nor allocates, and costs one comparison while
 * changes of one table follow each other.
 */
final class RelationCache {

    // INVARIANT: the length is a power of two, and at least half of the slots are free, so that every probe ends.
    private Relation[] slots = new Relation[32];
    private int size;
    private Relation last;

    /** The relation with this OID, or {@code null} if none was announced. */
    Relation find(int oid) {
        Relation recent = last;
        if (recent != null && recent.oid() == oid) {
            return recent;
        }
        Relation found = slots[slotOf(oid)];
        if (found != null) {
            last = found;
        }
        return found;
    }

    /** Adds a relation, in place of the one that had its OID. */
    void put(Relation relation) {
        int slot = slotOf(relation.oid());
        if (slots[slot] == null) {
            size++;
        }
        slots[slot] = relation;
        last = relation;
        if (size > slots.length / 2) {
            rebuild(slots.length * 2, null);
        }
    }

    /** Forgets a relation whose announcement can no longer be relied on. */
    void forget(int oid) {
        Relation relation = slots[slotOf(oid)];
        if (relation != null) {
            last = null;
            rebuild(slots.length, relation);
        }
    }

    private void rebuild(int length, Relation without) {
        Relation[] old = slots;
        slots = new Relation[length];
        size = 0;
        for (Relation relation : old) {
            if (relation != null && relation != without) {
                slots[slotOf(relation.oid())] = relation;
                size++;
            }
        }
    }

    /** Where a relation is, or the free slot where it belongs. */
    private int slotOf(int oid) {
        int mask = slots.length - 1;
        // OIDs of one schema follow each other in small steps; the golden ratio spreads them over the upper bits.
        int hash = oid * 0x9E3779B9;
        int slot = (hash ^ hash >>> 16) & mask;
        while (slots[slot] != null && slots[slot].oid() != oid) {
            slot = slot + 1 & mask;
        }
        return slot;
    }
}

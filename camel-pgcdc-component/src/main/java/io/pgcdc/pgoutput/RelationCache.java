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
            grow();
        }
    }

    /** Forgets a relation whose announcement can no longer be relied on. Allocates nothing, however many there are. */
    void forget(int oid) {
        int slot = slotOf(oid);
        if (slots[slot] == null) {
            return;
        }
        slots[slot] = null;
        size--;
        last = null;
        // Those right behind it may stand there only because its slot was taken; without it they would not be found.
        int mask = slots.length - 1;
        for (int next = slot + 1 & mask; slots[next] != null; next = next + 1 & mask) {
            Relation moved = slots[next];
            slots[next] = null;
            slots[slotOf(moved.oid())] = moved;
        }
    }

    private void grow() {
        Relation[] old = slots;
        slots = new Relation[old.length * 2];
        for (Relation relation : old) {
            if (relation != null) {
                slots[slotOf(relation.oid())] = relation;
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

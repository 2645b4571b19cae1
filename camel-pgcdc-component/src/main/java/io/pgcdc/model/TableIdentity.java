package io.pgcdc.model;

/**
 * Tells apart tables that had one name, and times of one table in a publication.
 *
 * @param relationOid the number of the table in the catalogue, which it keeps under whatever name
 * @param membership  a number of what has it in the publication, which is another one after it has left and come back:
 *                    the catalogue's entry, and where that is not the table's own the transaction by which the table
 *                    came under it; 0 where the publication is for all tables
 */
public record TableIdentity(long relationOid, long membership) {

    private static final long UNKNOWN = -1;

    /** A table of which only the stream has told so far. */
    public static TableIdentity announced(long relationOid) {
        return new TableIdentity(relationOid, UNKNOWN);
    }

    /** Whether it is the same table, in the publication all the time, as far as is known. */
    public boolean isSame(TableIdentity other) {
        return relationOid == other.relationOid
                && (membership == other.membership || membership == UNKNOWN || other.membership == UNKNOWN);
    }

    @Override
    public String toString() {
        return relationOid + "/" + membership;
    }
}

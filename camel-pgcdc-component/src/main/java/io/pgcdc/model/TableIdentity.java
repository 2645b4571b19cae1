package io.pgcdc.model;

/**
 * Tells apart tables that had one name, and times of one table in a publication.
 *
 * @param relationOid   the number of the table in the catalogue, which it keeps under whatever name
 * @param membershipOid the number of the catalogue's entry that has it in the publication: another one after it has
 *                      left and come back; 0 where the publication is for all tables
 */
public record TableIdentity(long relationOid, long membershipOid) {

    private static final long UNKNOWN = -1;

    /** A table of which only the stream has told so far. */
    public static TableIdentity announced(long relationOid) {
        return new TableIdentity(relationOid, UNKNOWN);
    }

    /** Whether it is the same table, in the publication all the time, as far as is known. */
    public boolean isSame(TableIdentity other) {
        return relationOid == other.relationOid
                && (membershipOid == other.membershipOid || membershipOid == UNKNOWN || other.membershipOid == UNKNOWN);
    }

    @Override
    public String toString() {
        return relationOid + "/" + membershipOid;
    }
}

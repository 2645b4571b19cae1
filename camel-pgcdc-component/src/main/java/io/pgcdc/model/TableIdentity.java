package io.pgcdc.model;

/**
 * Tells apart tables that had one name, and times of one table in a publication.
 *
 * @param relationOid   the number of the table in the catalogue, which it keeps under whatever name
 * @param membershipOid the number of the catalogue's entry that has it in the publication: another one after it has
 *                      left and come back; 0 where the publication is for all tables
 */
public record TableIdentity(long relationOid, long membershipOid) {

    @Override
    public String toString() {
        return relationOid + "/" + membershipOid;
    }
}

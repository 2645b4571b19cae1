package io.pgcdc.postgres;

import io.pgcdc.model.TableId;
import io.pgcdc.model.TableIdentity;

/**
 * A table that a publication has.
 *
 * @param table       its name now
 * @param identity    which table it is, and since when it is in the publication
 * @param access      whether this user may read it
 * @param partitioned whether it is a partitioned table, published as its root
 * @param attached    whether a server before 15 may leave its changes out of a stream that was open when it became a
 *                    partition: it has kept in mind that the table is not published
 */
public record PublicationMember(TableId table, TableIdentity identity, ReadAccess access, boolean partitioned,
        boolean attached) {

    /** The comment on a table by which it is known as one of a state store, and is no member of any publication. */
    public static final String STATE_COMMENT = "State of pgcdc pipelines";
}

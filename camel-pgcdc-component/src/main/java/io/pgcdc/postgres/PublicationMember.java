package io.pgcdc.postgres;

import io.pgcdc.model.TableId;
import io.pgcdc.model.TableIdentity;

/**
 * A table that a publication has.
 *
 * @param table       its name now
 * @param identity    which table it is, and since when it is in the publication
 * @param schemaOid   its schema, whatever that is called
 * @param access      whether this user may read it
 * @param partitioned whether it is a partitioned table, published as its root
 * @param unnoticed   whether the server may leave its changes out of a stream that has had some from before it was
 *                    published: it has kept in mind that the table is not
 */
public record PublicationMember(TableId table, TableIdentity identity, long schemaOid, ReadAccess access, boolean partitioned,
        boolean unnoticed) {

    /** The comment on a table by which it is known as one of a state store, and is no member of any publication. */
    public static final String STATE_COMMENT = "State of pgcdc pipelines";
}

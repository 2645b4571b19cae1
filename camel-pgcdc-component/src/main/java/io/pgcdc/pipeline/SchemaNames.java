package io.pgcdc.pipeline;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.postgres.PgReplicationClient;
import io.pgcdc.postgres.PublicationMember;

/**
 * Notices that a schema has got another name. PostgreSQL before 18 goes on to tell the old one in a stream that is
 * open; a new one has each name from its time on. For the supervising thread.
 */
final class SchemaNames {

    private final PgReplicationClient client;
    private final Map<Long, Long> schemas = new HashMap<>();
    private Lsn outdated;

    SchemaNames(PgReplicationClient client) {
        this.client = client;
    }

    void newStream() {
        schemas.clear();
        outdated = null;
    }

    /**
     * Notes where the stream was when a table was found in a schema of another name.
     *
     * @param names the names of the tables until now, by their numbers
     */
    void look(Collection<PublicationMember> members, Map<Long, String> names) {
        boolean renamed = false;
        for (PublicationMember member : members) {
            long table = member.identity().relationOid();
            String name = names.get(table);
            Long schema = schemas.put(table, member.schemaOid());
            boolean moved = schema != null && schema != member.schemaOid();
            renamed |= name != null && !name.equals(member.table().schema()) && !moved;
        }
        if (renamed && !client.tellsSchemaNames()) {
            outdated = client.position();
        }
    }

    /**
     * Has the pipeline start again when all that was committed before that moment is complete.
     *
     * @throws PgCdcException for the pipeline to start again
     */
    void check(long confirmed) {
        if (outdated != null && Lsn.compare(confirmed, outdated.value()) >= 0) {
            throw new PgCdcException(
                    ErrorCode.SERVER_NOT_READY,
                    "A schema has got another name, which PostgreSQL before 18 tells in a new stream only",
                    "The pipeline starts again by itself");
        }
    }
}

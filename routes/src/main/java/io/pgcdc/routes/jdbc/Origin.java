package io.pgcdc.routes.jdbc;

import io.pgcdc.camel.PgCdcConstants;
import org.apache.camel.Message;

/**
 * Where changes come from; parts that the route has removed are {@code null}.
 *
 * @param system   the identifier of the server
 * @param pipeline the name of the pipeline
 */
record Origin(String system, String pipeline) {

    static Origin of(Message message) {
        return new Origin(
                message.getHeader(PgCdcConstants.SYSTEM_IDENTIFIER, String.class),
                message.getHeader(PgCdcConstants.PIPELINE, String.class));
    }

    /** Whether the two may be the same; what is not known may be anything. */
    boolean mayBe(Origin other) {
        return mayBe(system, other.system) && mayBe(pipeline, other.pipeline);
    }

    private static boolean mayBe(String one, String other) {
        return one == null || other == null || one.equals(other);
    }

    @Override
    public String toString() {
        return "pipeline " + pipeline + " on the server with the system identifier " + system;
    }
}

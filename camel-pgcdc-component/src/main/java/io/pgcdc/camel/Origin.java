package io.pgcdc.camel;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

import org.apache.camel.Message;

/**
 * Where an exchange comes from.
 *
 * @param database the name of the source database
 * @param pipeline the name of the pipeline
 * @param system   the identifier of the server, {@code null} as long as it is not known
 */
record Origin(String database, String pipeline, String system) {

    Origin(String database, String pipeline) {
        this(database, pipeline, null);
    }

    static Origin of(PgCdcEndpoint endpoint) {
        PgCdcConfiguration configuration = endpoint.getConfiguration();
        String name = databaseOf(configuration.urlWithoutParameters());
        // As the driver does: a URL without a database means that of the user's name.
        return new Origin(name.isEmpty() ? configuration.getUsername() : name, endpoint.getPipelineName());
    }

    /** {@code postgresql://host:port,host/database}, {@code postgresql:/database} and {@code postgresql:database}. */
    private static String databaseOf(String url) {
        String name = url.replaceFirst("^postgresql:(//[^/]*)?/?", "");
        return URLDecoder.decode(name, StandardCharsets.UTF_8);
    }

    /** What the headers of a message say; each part may be {@code null} where they were removed. */
    static Origin of(Message message) {
        return new Origin(
                message.getHeader(PgCdcConstants.DATABASE, String.class),
                message.getHeader(PgCdcConstants.PIPELINE, String.class),
                message.getHeader(PgCdcConstants.SYSTEM_IDENTIFIER, String.class));
    }

    /** The same, now that the server is known. */
    Origin on(String systemIdentifier) {
        return new Origin(database, pipeline, systemIdentifier);
    }

    void tell(Message message) {
        message.setHeader(PgCdcConstants.DATABASE, database);
        message.setHeader(PgCdcConstants.PIPELINE, pipeline);
        if (system != null) {
            message.setHeader(PgCdcConstants.SYSTEM_IDENTIFIER, system);
        }
    }
}

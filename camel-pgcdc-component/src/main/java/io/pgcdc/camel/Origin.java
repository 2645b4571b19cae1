package io.pgcdc.camel;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

import org.apache.camel.Message;

/**
 * Where an exchange comes from.
 *
 * @param database the name of the source database
 * @param pipeline the name of the pipeline
 */
record Origin(String database, String pipeline) {

    static Origin of(PgCdcEndpoint endpoint) {
        String url = endpoint.getConfiguration().urlWithoutParameters();
        String name = url == null ? "" : URLDecoder.decode(url.substring(url.lastIndexOf('/') + 1), StandardCharsets.UTF_8);
        // As the driver does: a URL without a database means that of the user's name.
        return new Origin(name.isEmpty() ? endpoint.getConfiguration().getUsername() : name, endpoint.getPipelineName());
    }

    /** What the headers of a message say; either part may be {@code null} where they were removed. */
    static Origin of(Message message) {
        return new Origin(
                message.getHeader(PgCdcConstants.DATABASE, String.class),
                message.getHeader(PgCdcConstants.PIPELINE, String.class));
    }

    void tell(Message message) {
        message.setHeader(PgCdcConstants.DATABASE, database);
        message.setHeader(PgCdcConstants.PIPELINE, pipeline);
    }
}

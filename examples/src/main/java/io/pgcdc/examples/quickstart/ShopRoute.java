package io.pgcdc.examples.quickstart;

import java.util.List;

import io.pgcdc.model.ChangeEvent;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;

/**
 * The route: batches of a table's changes, appended to its file. The change is acknowledged when that has succeeded.
 */
final class ShopRoute extends RouteBuilder {

    static final String ID = "quickstart";

    private final String publication;
    private final NdjsonFiles files;
    private final Progress progress;

    ShopRoute(String publication, NdjsonFiles files, Progress progress) {
        this.publication = publication;
        this.files = files;
        this.progress = progress;
    }

    @Override
    public void configure() {
        from("pgcdc:" + publication + "?batching=true&includeCopyMarkers=true&includeSchemaChanges=false")
                .routeId(ID)
                .process(this::write);
    }

    @SuppressWarnings("unchecked")
    private void write(Exchange exchange) throws Exception {
        Object body = exchange.getMessage().getBody();
        List<ChangeEvent> batch = body instanceof ChangeEvent event ? List.of(event) : (List<ChangeEvent>) body;
        files.append(batch);
        progress.count(batch);
    }
}

package io.pgcdc.examples.quickstart;

import java.util.List;

import io.pgcdc.model.ChangeEvent;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;

/**
 * The route: batches of a table's changes, written to DuckDB. A change is acknowledged when its transaction there is
 * committed.
 */
final class ShopRoute extends RouteBuilder {

    static final String ID = "quickstart";

    private final String publication;
    private final String sinkUrl;
    private final Progress progress;

    ShopRoute(String publication, String sinkUrl, Progress progress) {
        this.publication = publication;
        this.sinkUrl = sinkUrl;
        this.progress = progress;
    }

    @Override
    public void configure() {
        from("pgcdc:" + publication + "?batching=true&maxBatchSize=5000&includeCopyMarkers=true")
                .routeId(ID)
                .to("pgcdc-jdbc:quickstart?url=RAW(" + sinkUrl + ")")
                .process(this::count);
    }

    @SuppressWarnings("unchecked")
    private void count(Exchange exchange) {
        Object body = exchange.getMessage().getBody();
        progress.count(body instanceof ChangeEvent event ? List.of(event) : (List<ChangeEvent>) body);
    }
}

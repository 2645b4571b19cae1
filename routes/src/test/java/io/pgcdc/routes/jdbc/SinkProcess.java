package io.pgcdc.routes.jdbc;

import io.pgcdc.camel.PgCdcComponent;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;

/** The JVM that gets killed: one route that keeps the tables, and one that keeps a changelog of them. */
public final class SinkProcess {

    static final String URL = "SINK_PROCESS_URL";
    static final String USERNAME = "SINK_PROCESS_USERNAME";
    static final String PASSWORD = "SINK_PROCESS_PASSWORD";
    static final String OPTIONS = "SINK_PROCESS_OPTIONS";
    static final String TABLES = "tables";
    static final String LOG = "log";

    private SinkProcess() {
    }

    public static void main(String[] arguments) throws Exception {
        PgCdcComponent component = new PgCdcComponent();
        component.getConfiguration().setUrl(System.getenv(URL));
        component.getConfiguration().setUsername(System.getenv(USERNAME));
        component.getConfiguration().setPassword(System.getenv(PASSWORD));
        component.getConfiguration().setBatching(true);
        component.getConfiguration().setMaxBatchSize(200);
        component.getConfiguration().setRetryDelay(50);
        component.getConfiguration().setRetryMaxDelay(500);
        component.getConfiguration().setCopyRangeBytes(64 * 1024);
        component.getConfiguration().setPublicationCheckInterval(500);
        String options = System.getenv(OPTIONS);
        Main main = new Main();
        main.bind("pgcdc", component);
        main.configure().withShutdownTimeout(20);
        main.configure().addRoutesBuilder(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("pgcdc:mypub?pipeline=" + TABLES).to("pgcdc-jdbc:tables?" + options);
                from("pgcdc:mypub?includeCopyMarkers=true&pipeline=" + LOG)
                        .to("pgcdc-jdbc:log?mode=changelog&targetSchema=log&" + options);
            }
        });
        main.run();
    }
}

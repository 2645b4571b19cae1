package io.pgcdc.camel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.Exchange;
import org.apache.camel.spi.DataType;
import org.apache.camel.spi.DataTypeTransformer;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The examples of docs/exchanges.md are what a route gets of the statements that stand there, but for positions, times
 * and names that differ with every run. {@code -Dpgcdc.readme.write=true} writes them anew.
 */
@PostgresTest
class ExchangesDocumentIT {

    private static final String ALL = "includeMessages=true&includeTransactions=true&includeCopyMarkers=true";
    private static final List<String> HEADERS = List.of(
            PgCdcConstants.OPERATION, PgCdcConstants.SCHEMA, PgCdcConstants.TABLE, PgCdcConstants.KEY,
            PgCdcConstants.BEFORE, PgCdcConstants.UNCHANGED, PgCdcConstants.LSN, PgCdcConstants.COMMIT_LSN,
            PgCdcConstants.ORDINAL, PgCdcConstants.EVENT_ID, PgCdcConstants.XID, PgCdcConstants.COMMIT_TIMESTAMP,
            PgCdcConstants.MESSAGE_TIMESTAMP, PgCdcConstants.TABLE_SCHEMA, PgCdcConstants.CASCADE,
            PgCdcConstants.RESTART_IDENTITY, PgCdcConstants.BATCH_SIZE, PgCdcConstants.DATABASE, PgCdcConstants.PIPELINE,
            PgCdcConstants.SYSTEM_IDENTIFIER, PgCdcConstants.IN_ORDER);
    private static final List<ChangeTransformer> FORMATS
            = List.of(new JsonTransformer(), new DebeziumTransformer(), new CloudEventsTransformer());

    @Test
    void the_examples_are_what_a_route_gets(TestDatabase single, TestDatabase batching) throws Exception {
        Map<String, Exchange> alone = new LinkedHashMap<>();
        for (Exchange exchange : receive(single, ALL)) {
            alone.putIfAbsent(exchange.getIn().getHeader(PgCdcConstants.OPERATION, String.class), exchange);
        }
        List<Exchange> batches = receive(batching, ALL + "&batching=true");

        StringBuilder text = new StringBuilder("\n");
        alone.forEach((operation, exchange) -> text.append("### ").append(operation).append("\n\n").append(example(exchange)));
        assertSection("examples", text.toString().replace(single.name(), "shop"));
        assertSection("headers", matrix(alone));
        Exchange changes = batches.stream().filter(e -> e.getIn().getHeader(PgCdcConstants.BATCH_SIZE).equals(3)).findFirst()
                .orElseThrow();
        assertSection(
                "batch",
                "\n" + batches.stream().map(ExchangesDocumentIT::inShort).collect(Collectors.joining("\n", "```\n", "\n```\n"))
                         + "\nThe one of three changes:\n\n" + example(changes).replace(batching.name(), "shop"));
    }

    private static List<Exchange> receive(TestDatabase database, String options) throws Exception {
        database.execute(statements(0));
        return Received.from(database, options, statements(1));
    }

    /** The statements of the document: those before the start of the route, and those behind it. */
    private static String[] statements(int which) {
        String block = section("statements").split("-- the route starts\n")[which];
        // A line that is indented goes on with the one before.
        return block.replace("```sql\n", "").replace("```\n", "").replace("\n  ", " ").split("\n");
    }

    private static String example(Exchange exchange) {
        StringBuilder text = new StringBuilder("```\n");
        for (String header : List.of(PgCdcConstants.KEY, PgCdcConstants.BEFORE, PgCdcConstants.EVENT_ID)) {
            Object value = exchange.getIn().getHeader(header);
            if (value != null) {
                text.append(header).append(": ").append(value instanceof Map ? new JsonWriter().value(value) : value)
                        .append('\n');
            }
        }
        for (ChangeTransformer format : FORMATS) {
            Exchange copy = exchange.copy();
            String name = format.getClass().getAnnotation(DataTypeTransformer.class).name();
            format.transform(copy.getIn(), DataType.ANY, new DataType(name));
            text.append('\n').append(name).append('\n').append(copy.getIn().getBody()).append('\n');
        }
        return text.append("```\n\n").toString();
    }

    private static String matrix(Map<String, Exchange> alone) {
        StringBuilder text = new StringBuilder("| header | ").append(String.join(" | ", alone.keySet())).append(" |\n|---|")
                .append("---|".repeat(alone.size())).append('\n');
        for (String header : HEADERS) {
            if (!header.equals(PgCdcConstants.BATCH_SIZE) && !header.equals(PgCdcConstants.UNCHANGED)) {
                text.append("| `").append(header).append("` | ")
                        .append(alone.values().stream().map(e -> e.getIn().getHeader(header) == null ? "" : "x")
                                .collect(Collectors.joining(" | ")))
                        .append(" |\n");
            }
        }
        return text.toString();
    }

    private static String inShort(Exchange batch) {
        Map<String, Long> operations = Received.events(List.of(batch)).stream()
                .collect(Collectors.groupingBy(e -> e.operation().text(), LinkedHashMap::new, Collectors.counting()));
        Object table = batch.getIn().getHeader(PgCdcConstants.TABLE);
        return "CamelPgCdcBatchSize: " + batch.getIn().getHeader(PgCdcConstants.BATCH_SIZE)
               + (table == null ? "" : ", CamelPgCdcTable: " + table)
               + (batch.getIn().getHeader(PgCdcConstants.OPERATION) == null
                       ? ", no CamelPgCdcOperation"
                       : ", CamelPgCdcOperation: " + batch.getIn().getHeader(PgCdcConstants.OPERATION))
               + ", body: " + operations.keySet();
    }

    private static void assertSection(String name, String actual) throws IOException {
        String text = Files.readString(document());
        String open = "<!-- " + name + " -->\n";
        int from = text.indexOf(open) + open.length();
        int to = text.indexOf("<!-- /" + name + " -->");
        String written = actual.replace("mypub", "orders");
        if (Boolean.getBoolean("pgcdc.readme.write")) {
            Files.writeString(document(), text.substring(0, from) + written + text.substring(to));
            return;
        }
        assertThat(steady(section(name))).as("docs/exchanges.md, section " + name).isEqualTo(steady(written));
    }

    private static String section(String name) {
        try {
            String text = Files.readString(document());
            String open = "<!-- " + name + " -->\n";
            return text.substring(text.indexOf(open) + open.length(), text.indexOf("<!-- /" + name + " -->"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Leaves out what no two runs have in common. */
    private static String steady(String text) {
        Map<String, String> changing = new TreeMap<>(
                Map.of(
                        "[0-9A-F]{16}/([0-9A-F]{16})", "POSITION/$1",
                        "/message/[0-9A-F]{16}", "/message/POSITION",
                        "\"(ts_ms|lsn|txId)\":[0-9]+", "\"$1\":0",
                        "\"sequence\":\"\\[[^]]*\\]\"", "\"sequence\":\"\"",
                        "\"id\":\"[0-9]+:[0-9]+\"", "\"id\":\"0:0\"",
                        "\"time\":\"[^\"]+\"", "\"time\":\"\""));
        String steady = text;
        for (Map.Entry<String, String> pattern : changing.entrySet()) {
            steady = steady.replaceAll(pattern.getKey(), pattern.getValue());
        }
        return steady;
    }

    private static Path document() {
        Path inModule = Path.of("..", "docs", "exchanges.md");
        return Files.exists(inModule) ? inModule : Path.of("docs", "exchanges.md");
    }
}

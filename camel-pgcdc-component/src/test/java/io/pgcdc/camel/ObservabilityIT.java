package io.pgcdc.camel;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.builder.RouteBuilder;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

import static org.assertj.core.api.Assertions.assertThat;

/** The dashboard and the alert rules name nothing that a scrape does not have. */
@PostgresTest
class ObservabilityIT {

    private static final Path DIRECTORY = Path.of("../examples/src/main/resources/observability");
    private static final Path DASHBOARD = DIRECTORY.resolve("grafana-dashboard.json");
    private static final Path ALERTS = DIRECTORY.resolve("prometheus-alerts.yaml");
    private static final Pattern METRIC = Pattern.compile("(camel_pgcdc_[a-z_]+)(?:\\{([^}]*)})?");
    private static final Pattern MATCHER = Pattern.compile("([a-zA-Z]+)\\s*(=~|!=|=)\\s*\"([^\"]*)\"");
    private static final Pattern GROUPING = Pattern.compile("(?:by|on) \\(([^)]*)\\)");
    private static final Pattern LEGEND = Pattern.compile("\\{\\{\\s*(?:\\$labels\\.)?([a-zA-Z]+)\\s*}}");

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private Scrape scrape;

    @Test
    void every_metric_and_label_of_dashboard_and_alerts_is_in_a_scrape(TestDatabase database) throws Exception {
        scrape = scrape(database);
        JsonNode dashboard = new ObjectMapper().readTree(Files.readString(DASHBOARD));
        int targets = 0;
        for (JsonNode panel : dashboard.path("panels")) {
            for (JsonNode target : panel.path("targets")) {
                Set<String> labels = check(target.path("expr").asText());
                requireLabels(labels, LEGEND, target.path("legendFormat").asText());
                targets++;
            }
        }
        assertThat(targets).isGreaterThan(15);
        for (JsonNode variable : dashboard.path("templating").path("list")) {
            String query = variable.path("definition").asText();
            if (!query.isEmpty()) {
                assertThat(check(query)).contains(query.replaceAll(".*, ([a-zA-Z]+)\\)$", "$1"));
            }
        }
    }

    @Test
    void every_alert_is_of_metrics_in_a_scrape_and_explained(TestDatabase database) throws Exception {
        scrape = scrape(database);
        String page = Files.readString(Path.of("../docs/operations.md"));
        Set<String> names = new HashSet<>();
        for (Map<String, Object> rule : rules()) {
            String name = (String) rule.get("alert");
            names.add(name);
            Set<String> labels = check((String) rule.get("expr"));
            assertThat(rule).as(name).containsKeys("labels", "annotations");
            requireLabels(labels, LEGEND, rule.get("annotations").toString().replaceAll("\\{\\{ \\$value[^}]*}}", ""));
            assertThat(page).contains("| `" + name + "` |");
        }
        assertThat(names).hasSizeGreaterThan(10);
        assertThat(Pattern.compile("\\| `(Pgcdc[A-Za-z]+)` \\|").matcher(page).results().map(found -> found.group(1)))
                .containsExactlyInAnyOrderElementsOf(names);
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> rules() throws Exception {
        Map<String, Object> file = (Map<String, Object>) new Load(LoadSettings.builder().build())
                .loadFromString(Files.readString(ALERTS));
        return (List<Map<String, Object>>) ((List<Map<String, Object>>) file.get("groups")).get(0).get("rules");
    }

    /** Returns the labels of the metrics that an expression is of, after a look at whether they are there. */
    private Set<String> check(String expression) {
        Set<String> common = null;
        Matcher metric = METRIC.matcher(expression);
        while (metric.find()) {
            Map<String, Set<String>> labels = labels(metric.group(1));
            assertThat(labels).as(metric.group(1) + " of " + expression).isNotEmpty();
            if (metric.group(2) != null) {
                for (Matcher matcher = MATCHER.matcher(metric.group(2)); matcher.find();) {
                    assertThat(labels).as(expression).containsKey(matcher.group(1));
                    if (!matcher.group(3).contains("$")) {
                        assertThat(labels.get(matcher.group(1))).as(expression).contains(matcher.group(3).split("\\|"));
                    }
                }
            }
            if (common == null) {
                common = new HashSet<>(labels.keySet());
            } else {
                common.retainAll(labels.keySet());
            }
        }
        assertThat(common).as(expression).isNotNull();
        Set<String> known = common;
        GROUPING.matcher(expression).results()
                .forEach(grouping -> assertThat(known).as(expression).contains(grouping.group(1).split(", ")));
        return known;
    }

    private static void requireLabels(Set<String> labels, Pattern pattern, String text) {
        pattern.matcher(text).results().forEach(found -> assertThat(labels).as(text).contains(found.group(1)));
    }

    private Map<String, Set<String>> labels(String metric) {
        Map<String, Set<String>> labels = new HashMap<>();
        for (Scrape.Sample sample : scrape.named(metric)) {
            sample.labels().forEach((key, value) -> labels.computeIfAbsent(key, k -> new HashSet<>()).add(value));
        }
        return labels;
    }

    private Scrape scrape(TestDatabase database) throws Exception {
        Workload.create(database, 10);
        RouteUnderTest route = new RouteUnderTest(database, "", new RouteBuilder() {
            @Override
            public void configure() {
                from("pgcdc:mypub").routeId("cdc").process(exchange -> {
                });
            }
        });
        route.context().getRegistry().bind("prometheus", MeterRegistry.class, registry);
        try (route) {
            route.start();
            route.awaitReady();
            return Awaitility.await().until(() -> Scrape.parse(registry.scrape()),
                    s -> !s.named("camel_pgcdc_table_copy_progress").isEmpty()
                            && s.value("camel_pgcdc_table_stage", "table", "public.orders", "stage", "streaming") == 1);
        }
    }
}

package io.pgcdc.examples.catalogue;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.pgcdc.examples.catalogue.ShownRoute.Language;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

class CatalogueTest {

    private static final Catalogue CATALOGUE = new Catalogue();

    @ParameterizedTest
    @MethodSource("io.pgcdc.examples.catalogue.ShownRoutes#all")
    void a_route_that_is_shown_is_what_its_language_and_the_catalogue_take(ShownRoute route) {
        assertThat(problems(route)).as(route.where()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("io.pgcdc.examples.catalogue.ShownRoutes#pages")
    void a_uri_in_a_page_is_what_the_catalogue_takes(Path page) {
        assertThat(ShownRoutes.urisOf(page)).allSatisfy(uri -> assertThat(CATALOGUE.problems(uri)).as(uri.uri()).isEmpty());
    }

    @Test
    void routes_of_every_language_are_found_with_what_they_read_and_write() {
        List<ShownRoute> routes = ShownRoutes.all();

        assertThat(routes.stream().map(ShownRoute::language).collect(Collectors.toSet()))
                .isEqualTo(EnumSet.allOf(Language.class));
        assertThat(routes.stream().flatMap(route -> route.endpoints().stream()).map(Endpoint::uri)
                .map(uri -> uri.replaceFirst("[:?].*", "")).collect(Collectors.toSet()))
                .contains("pgcdc", "pgcdc-jdbc", "pgcdc-bigquery", "google-bigquery", "kafka", "kamelet", "file", "sql",
                        "aws2-s3",
                        "jms");
        assertThat(routes).allSatisfy(route -> assertThat(
                route.endpoints().isEmpty() && !route.text().contains("transformDataType")).as(route.where()).isFalse());
    }

    @Test
    void an_option_that_is_not_known_is_found() {
        assertThat(problems(Language.JAVA, "from(\"pgcdc:orders?batchin=true\").to(\"log:a\");")).contains("batchin");
        assertThat(
                problems(Language.YAML, "- from: {uri: pgcdc:orders, steps: [to: {uri: 'jms:a', parameters: {clientid: 1}}]}"))
                .contains("clientid");
        assertThat(problems(Language.XML, "<route><from uri='pgcdc:orders'/><to uri='kamelet:pgcdc-jdbc-sink?nam=a'/></route>"))
                .contains("unknown option nam", "missing option name");
        assertThat(problems(Language.YAML, "- from: {uri: pgcdc:orders, steps: [to: {uri: 'http:a', parameters: {metod: 1}}]}"))
                .contains("metod");
    }

    @Test
    void a_word_that_an_option_does_not_know_is_found() {
        assertThat(problems(Language.YAML, "- from: {uri: pgcdc:orders, parameters: {values: jav}, steps: [to: 'log:a']}"))
                .contains("jav");
        assertThat(problems(Language.XML,
                "<route><from uri='kamelet:pgcdc-source?publication=a&amp;snapshotMode=no'/><to uri='log:a'/></route>"))
                .contains("snapshotMode");
    }

    @Test
    void an_option_that_must_be_there_is_missed() {
        assertThat(problems(Language.JAVA, "from(\"pgcdc:orders\").to(\"pgcdc-bigquery:project\");")).contains("dataset");
        assertThat(problems(Language.JAVA, "templatedRoute(\"pgcdc-to-kafka\").parameter(\"brokers\", \"a\");"))
                .contains("missing option publication");
    }

    @Test
    void an_endpoint_on_the_wrong_side_is_found() {
        assertThat(problems(Language.JAVA, "from(\"direct:a\").to(\"timer:orders\");")).contains("PRODUCER");
        assertThat(problems(Language.JAVA, "from(\"direct:a\").to(\"pgcdc:orders\");")).contains("missing option operation");
        assertThat(problems(Language.JAVA, "from(\"pgcdc-jdbc:a\").to(\"log:a\");")).contains("CONSUMER");
    }

    @Test
    void a_step_or_attribute_that_a_language_does_not_have_is_found() {
        assertThat(problems(Language.YAML, "- from: {uri: 'pgcdc:orders', steps: [marshl: {json: {}}]}")).contains("marshl");
        assertThat(problems(Language.XML, "<route><from uri='pgcdc:orders'/><marshl/></route>")).contains("marshl");
        assertThat(problems(Language.XML, "<route><from uri='pgcdc:orders'/><process rf='a'/></route>")).contains("rf");
        assertThat(problems(Language.JAVA, "from(\"pgcdc:orders\")..to(\"log:a\");")).contains("illegal '.'");
    }

    private static String problems(Language language, String text) {
        return String.join("\n", problems(new ShownRoute("here", language, text)));
    }

    private static List<String> problems(ShownRoute route) {
        return Stream.concat(route.problems().stream(), route.endpoints().stream()
                .flatMap(endpoint -> CATALOGUE.problems(endpoint).stream().map(problem -> endpoint.uri() + ": " + problem)))
                .toList();
    }
}

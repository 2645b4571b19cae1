package io.pgcdc.camel;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

import org.apache.camel.catalog.CamelCatalog;
import org.apache.camel.catalog.DefaultCamelCatalog;
import org.apache.camel.catalog.EndpointValidationResult;
import org.apache.camel.tooling.model.BaseOptionModel;
import org.apache.camel.tooling.model.ComponentModel;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What tools see of the component is what the contract says. */
class CatalogTest {

    private static final List<String> OPTIONS = List.of(
            "url", "username", "password", "pipeline", "slotName", "tables", "createPublication", "snapshotMode",
            "tableSyncWorkers", "copyConnectionsPerTable", "batching", "maxBatchSize", "maxBatchBytes", "maxBatchDelay",
            "maxInFlight", "maxInFlightBytes", "copyRangeBytes", "publicationCheckInterval", "expressCatchUp",
            "expressBacklogBytes", "expressTimeout", "streamTransactions", "streamedTransactionBytes", "values",
            "unknownTypesToBytes",
            "failurePolicy",
            "isolatedTables", "maxRetries", "retryDelay", "retryMaxDelay", "slotFailover",
            "slotLost", "stateStore", "stateSchema", "stateUrl", "stateUsername", "statePassword", "includeSchemaChanges",
            "includeTransactions", "includeMessages", "includeCopyMarkers", "healthLagWarn", "healthLagDown",
            "healthRetainedWarn", "healthRetainedDown");

    /** Those of operations, which only endpoints have. */
    private static final List<String> OPERATION_OPTIONS = List.of(
            "operation", "table", "where", "skipTo", "confirmedLsn", "force", "messagePrefix", "transactional");

    /** Options that every Camel consumer, producer or component has. */
    private static final List<String> OPTIONS_OF_CAMEL = List.of(
            "bridgeErrorHandler", "exceptionHandler", "exchangePattern", "autowiredEnabled", "lazyStartProducer",
            "healthCheckConsumerEnabled",
            "healthCheckProducerEnabled", "configuration");

    private static final List<String> HEADERS = List.of(
            "CamelPgCdcOperation", "CamelPgCdcSchema", "CamelPgCdcTable", "CamelPgCdcKey", "CamelPgCdcBefore",
            "CamelPgCdcUnchanged", "CamelPgCdcLsn", "CamelPgCdcCommitLsn", "CamelPgCdcOrdinal", "CamelPgCdcEventId",
            "CamelPgCdcXid", "CamelPgCdcCommitTimestamp", "CamelMessageTimestamp", "CamelPgCdcTableSchema",
            "CamelPgCdcSchemaChange",
            "CamelPgCdcCascade", "CamelPgCdcRestartIdentity", "CamelPgCdcDatabase", "CamelPgCdcPipeline",
            "CamelPgCdcSystemIdentifier", "CamelPgCdcInOrder", "CamelPgCdcBatchSize", "CamelPgCdcWhere",
            "CamelPgCdcSkipTo", "CamelPgCdcConfirmedLsn", "CamelPgCdcMessagePrefix");

    private static CamelCatalog catalog;
    private static ComponentModel component;

    @BeforeAll
    static void addToCatalog() throws Exception {
        catalog = new DefaultCamelCatalog();
        try (InputStream json = CatalogTest.class.getResourceAsStream("/META-INF/io/pgcdc/camel/pgcdc.json")) {
            catalog.addComponent("pgcdc", PgCdcComponent.class.getName(),
                    new String(json.readAllBytes(), StandardCharsets.UTF_8));
        }
        component = catalog.componentModel("pgcdc");
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "pgcdc:orders",
            "pgcdc:orders?url=jdbc:postgresql://localhost:5432/shop&username=cdc&password=secret",
            "pgcdc:orders?createPublication=true&tables=public.orders,sales.*&snapshotMode=initialOnly",
            "pgcdc:orders?batching=true&maxBatchSize=500&maxBatchBytes=1048576&maxBatchDelay=2s&values=java",
            "pgcdc:orders?failurePolicy=isolateTable&maxRetries=5&retryDelay=2s&retryMaxDelay=1m&slotLost=resync",
            "pgcdc:orders?stateStore=memory&bridgeErrorHandler=true",
            "pgcdc:orders?stateStore=#myStore" })
    void a_uri_of_the_contract_is_valid(String uri) {
        EndpointValidationResult result = catalog.validateEndpointProperties(uri, false, true, false);

        assertThat(result.isSuccess()).as(result.summaryErrorMessage(false)).isTrue();
    }

    @Test
    void an_unknown_option_is_reported() {
        assertThat(catalog.validateEndpointProperties("pgcdc:orders?batchin=true").getUnknown()).containsExactly("batchin");
    }

    @Test
    void a_word_that_an_option_does_not_know_is_reported() {
        assertThat(catalog.validateEndpointProperties("pgcdc:orders?snapshotMode=initially").getInvalidEnum())
                .containsEntry("snapshotMode", "initially");
    }

    @Test
    void the_endpoint_has_the_options_of_the_contract_and_no_others() {
        assertThat(component.getEndpointParameterOptions()).extracting(BaseOptionModel::getName)
                .filteredOn(name -> !OPTIONS_OF_CAMEL.contains(name))
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(OPTIONS.stream(), OPERATION_OPTIONS.stream()).toList());
    }

    @Test
    void every_option_can_be_set_once_on_the_component() {
        assertThat(component.getComponentOptions()).extracting(BaseOptionModel::getName)
                .filteredOn(name -> !OPTIONS_OF_CAMEL.contains(name))
                .containsExactlyInAnyOrderElementsOf(OPTIONS);
    }

    @Test
    void the_headers_are_those_of_the_contract() {
        assertThat(component.getEndpointHeaders()).extracting(BaseOptionModel::getName)
                .containsExactlyInAnyOrderElementsOf(HEADERS);
    }

    @Test
    void every_credential_is_secret() {
        assertThat(component.getEndpointParameterOptions()).filteredOn(BaseOptionModel::isSecret)
                .extracting(BaseOptionModel::getName)
                .containsExactlyInAnyOrder("username", "password", "stateUsername", "statePassword");
    }

    @Test
    void everything_is_described() {
        assertThat(Stream.of(component.getEndpointOptions(), component.getComponentOptions(), component.getEndpointHeaders())
                .flatMap(List::stream))
                .allSatisfy(option -> assertThat(option.getDescription()).as(option.getName()).isNotBlank());
    }
}

package io.pgcdc.camel;

import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

import io.pgcdc.model.ReplicaIdentity;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableSchema;
import io.pgcdc.model.Transaction;
import io.pgcdc.model.TruncateEvent;
import io.pgcdc.pipeline.Completion;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.CamelContext;
import org.apache.camel.NoSuchBeanException;
import org.apache.camel.ResolveEndpointFailedException;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.main.Main;
import org.apache.camel.support.AsyncProcessorConverterHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PgCdcEndpointTest {

    private static final String URL = "url=jdbc:postgresql://localhost:5432/shop";

    private final CamelContext context = new DefaultCamelContext();

    @BeforeEach
    void start() {
        context.start();
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    @Test
    void the_publication_alone_gives_the_defaults_of_the_contract() {
        PgCdcEndpoint endpoint = endpoint("pgcdc:orders");

        assertThat(endpoint.getPublication()).isEqualTo("orders");
        assertThat(endpoint.getPipelineName()).isEqualTo("orders");
        assertThat(endpoint.getConfiguration()).usingRecursiveComparison().isEqualTo(new PgCdcConfiguration());
        assertThat(endpoint.getConfiguration())
                .returns(SnapshotMode.initial, PgCdcConfiguration::getSnapshotMode)
                .returns(4, PgCdcConfiguration::getTableSyncWorkers)
                .returns(2, PgCdcConfiguration::getCopyConnectionsPerTable)
                .returns(false, PgCdcConfiguration::isBatching)
                .returns(1000, PgCdcConfiguration::getMaxBatchSize)
                .returns(8 << 20, PgCdcConfiguration::getMaxBatchBytes)
                .returns(100L, PgCdcConfiguration::getMaxBatchDelay)
                .returns(10_000, PgCdcConfiguration::getMaxInFlight)
                .returns(ValueFormat.portable, PgCdcConfiguration::getValues)
                .returns(true, PgCdcConfiguration::isUnknownTypesToBytes)
                .returns(FailurePolicy.retry, PgCdcConfiguration::getFailurePolicy)
                .returns(-1, PgCdcConfiguration::getMaxRetries)
                .returns(1_000L, PgCdcConfiguration::getRetryDelay)
                .returns(60_000L, PgCdcConfiguration::getRetryMaxDelay)
                .returns(SlotLostPolicy.fail, PgCdcConfiguration::getSlotLost)
                .returns("postgres", PgCdcConfiguration::getStateStore)
                .returns("pgcdc", PgCdcConfiguration::getStateSchema)
                .returns(true, PgCdcConfiguration::isIncludeSchemaChanges)
                .returns(false, PgCdcConfiguration::isIncludeTransactions)
                .returns(false, PgCdcConfiguration::isIncludeMessages)
                .returns(false, PgCdcConfiguration::isIncludeCopyMarkers);
    }

    @Test
    void words_and_durations_bind() {
        PgCdcConfiguration configuration
                = endpoint("pgcdc:orders?snapshotMode=initialOnly&values=java&failurePolicy=isolateTable&slotLost=resync"
                           + "&retryDelay=PT2S&retryMaxDelay=1m30s&maxBatchDelay=50ms")
                        .getConfiguration();

        assertThat(configuration)
                .returns(SnapshotMode.initialOnly, PgCdcConfiguration::getSnapshotMode)
                .returns(ValueFormat.java, PgCdcConfiguration::getValues)
                .returns(FailurePolicy.isolateTable, PgCdcConfiguration::getFailurePolicy)
                .returns(SlotLostPolicy.resync, PgCdcConfiguration::getSlotLost)
                .returns(2_000L, PgCdcConfiguration::getRetryDelay)
                .returns(90_000L, PgCdcConfiguration::getRetryMaxDelay)
                .returns(50L, PgCdcConfiguration::getMaxBatchDelay);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "snapshotMode=initially | initial, never, initialOnly",
            "values=jav             | portable, java",
            "failurePolicy=stop     | retry, isolateTable, skip",
            "slotLost=ignore        | fail, resync",
            "stateStore=redis       | postgres, memory, and #name",
            "batching=yes           | true, false",
            "maxBatchSize=5s        | whole numbers",
            "maxBatchBytes=8m       | whole numbers of bytes",
            "maxInFlightBytes=64m   | whole numbers of bytes",
            "copyRangeBytes=5s      | whole numbers of bytes",
            "copyRangeBytes=1       | values from 8192",
            "retryDelay=soon        | durations such as 100ms",
            "retryDelay=5s5         | durations such as 100ms",
            "maxBatchDelay=366d     | up to 31536000000",
            "expressTimeout=9223372036854775807 | up to 31536000000",
            "maxInFlight=0          | values from 1",
            "maxRetries=-2          | values from -1" })
    void a_value_that_cannot_work_is_refused_with_what_is_allowed(String option, String allowed) {
        assertThatThrownBy(() -> endpoint("pgcdc:orders?" + option)).isInstanceOf(ResolveEndpointFailedException.class)
                .hasMessageContaining("Option " + option.substring(0, option.indexOf('=')))
                .hasMessageContaining(allowed);
    }

    @Test
    void an_unknown_option_is_refused_by_name() {
        assertThatThrownBy(() -> endpoint("pgcdc:orders?batchin=true")).isInstanceOf(ResolveEndpointFailedException.class)
                .hasMessageContaining("Unknown parameters=[{batchin=true}]");
    }

    @Test
    void options_of_the_component_are_where_endpoints_start_from() throws Exception {
        Main main = new Main();
        main.addInitialProperty("camel.component.pgcdc.url", "jdbc:postgresql://localhost/shop");
        main.addInitialProperty("camel.component.pgcdc.snapshot-mode", "initialOnly");
        main.addInitialProperty("camel.component.pgcdc.retry-max-delay", "5m");
        main.start();
        try {
            PgCdcEndpoint one = main.getCamelContext().getEndpoint("pgcdc:one?snapshotMode=never", PgCdcEndpoint.class);
            PgCdcEndpoint other = main.getCamelContext().getEndpoint("pgcdc:other", PgCdcEndpoint.class);

            assertThat(one.getConfiguration().getSnapshotMode()).isEqualTo(SnapshotMode.never);
            assertThat(other.getConfiguration().getSnapshotMode()).isEqualTo(SnapshotMode.initialOnly);
            assertThat(other.getConfiguration().getRetryMaxDelay()).isEqualTo(300_000);
            assertThat(other.createConsumer(exchange -> {
            })).isInstanceOf(PgCdcConsumer.class);
        } finally {
            main.stop();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "#myStore", "#bean:myStore" })
    void a_state_store_is_found_by_its_bean_name(String reference) {
        StringBuilder store = new StringBuilder();
        context.getRegistry().bind("myStore", store);
        PgCdcEndpoint endpoint = endpoint("pgcdc:orders?stateStore=" + reference);

        assertThat(endpoint.stateStoreBean(StringBuilder.class)).containsSame(store);
        assertThatThrownBy(() -> endpoint.stateStoreBean(Runnable.class)).isInstanceOf(NoSuchBeanException.class)
                .hasMessageContaining("myStore");
        assertThat(endpoint("pgcdc:orders").stateStoreBean(StringBuilder.class)).isEmpty();
    }

    @Test
    void a_consumer_without_a_url_says_where_to_set_it() {
        assertThatThrownBy(() -> endpoint("pgcdc:orders").createConsumer(exchange -> {
        })).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("camel.component.pgcdc.url");
    }

    @Test
    void a_producer_without_an_operation_is_refused_with_what_to_do_instead() {
        assertThatThrownBy(() -> endpoint("pgcdc:orders").createProducer()).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("to(\"pgcdc:orders?operation=status\")").hasMessageContaining("resyncTable")
                .hasMessageContaining("pgcdc-jdbc:");
        assertThatThrownBy(() -> endpoint("pgcdc:orders?operation=restart"))
                .isInstanceOf(ResolveEndpointFailedException.class)
                .hasMessageContaining("Option operation").hasMessageContaining("pause, resume");
    }

    @Test
    void a_consumer_with_an_operation_is_refused() {
        assertThatThrownBy(() -> endpoint("pgcdc:orders?operation=pause&" + URL).createConsumer(exchange -> {
        })).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("to(\"pgcdc:orders?operation=pause\")");
    }

    @Test
    void credentials_stay_out_of_texts_and_tools() {
        PgCdcEndpoint endpoint = endpoint(
                "pgcdc:orders?url=RAW(jdbc:postgresql://host:5432/shop?user=mallory&password=hush)&username=mallory"
                                          + "&password=hush");

        assertThat(endpoint.toString() + endpoint.getConfiguration() + endpoint.getServiceUrl() + endpoint.getServiceMetadata())
                .doesNotContain("mallory").doesNotContain("hush");
        assertThat(endpoint.getServiceUrl()).isEqualTo("postgresql://host:5432/shop");
        assertThatThrownBy(() -> endpoint("pgcdc:orders?password=hush&maxBatchSize=0"))
                .hasMessageNotContaining("hush").hasMessageContaining("maxBatchSize");
        assertThatThrownBy(() -> endpoint("pgcdc:orders?" + URL.replace("postgresql", "mysql") + "&password=hush"))
                .hasMessageNotContaining("hush").hasMessageContaining("Option url must be a JDBC URL");
    }

    private PgCdcEndpoint endpoint(String uri) {
        return context.getEndpoint(uri, PgCdcEndpoint.class);
    }

    @Test
    void an_exchange_that_the_route_refuses_before_it_begins_has_failed() {
        AsyncProcessor refusing = AsyncProcessorConverterHelper.convert(exchange -> {
            throw new RejectedExecutionException("shutting down");
        });
        PgCdcConsumer consumer
                = new PgCdcConsumer(endpoint("pgcdc:orders?url=RAW(jdbc:postgresql://localhost/shop)"), refusing);
        AtomicInteger failures = new AtomicInteger();
        TableSchema schema = new TableSchema(new TableId("public", "t"), 1, ReplicaIdentity.DEFAULT, List.of());

        new ExchangeDestination(consumer, false).writeEvents(
                List.of(new TruncateEvent(schema, false, false, Transaction.ofSnapshot(1), 1, 0)),
                new Completion() {
                    @Override
                    public void done() {
                        failures.addAndGet(100);
                    }

                    @Override
                    public void failed(Throwable cause) {
                        failures.incrementAndGet();
                    }

                    @Override
                    public void held(boolean held) {
                        failures.addAndGet(100);
                    }
                });

        assertThat(failures).hasValue(1);
    }
}

package io.pgcdc.routes.bigquery;

import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import com.google.cloud.bigquery.storage.v1.StreamWriter;
import io.pgcdc.model.ChangeBatch;
import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Column;
import io.pgcdc.model.Operation;
import io.pgcdc.model.ReplicaIdentity;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableSchema;
import io.pgcdc.routes.bigquery.fake.FakeBigQuery;
import io.pgcdc.routes.bigquery.fake.FakeColumn;
import io.pgcdc.routes.bigquery.fake.FakeTable;
import io.pgcdc.routes.bigquery.fake.Fault;
import org.apache.camel.Exchange;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What the sink promises, whatever order things come in and however BigQuery fails. */
class BigQuerySinkTest {

    /** Ends of tests: to close a connection takes Google's client some tenths of a second. */
    private static final List<CompletableFuture<?>> ENDS = new ArrayList<>();

    private FakeBigQuery fake;
    private SinkUnderTest sink;

    @BeforeEach
    void start() throws Exception {
        fake = new FakeBigQuery();
        sink = new SinkUnderTest(fake, "retryTimeout=5s");
    }

    @AfterEach
    void stop() {
        FakeBigQuery ending = fake;
        ENDS.add(CompletableFuture.runAsync(sink::close).thenRun(ending::close));
    }

    @AfterAll
    static void awaitEnds() {
        ENDS.forEach(CompletableFuture::join);
    }

    @Test
    void a_table_has_the_key_of_the_source_is_clustered_by_it_and_may_lag_behind_by_max_staleness() throws Exception {
        sink.write(Orders.read(1, 1, "a"));
        FakeTable table = fake.table("orders_1");
        assertThat(table.key()).containsExactly("id");
        assertThat(table.clustering()).containsExactly("id");
        assertThat(table.options()).containsEntry("max_staleness", "INTERVAL 900 SECOND");
        assertThat(table.columns()).extracting(column -> column.name() + " " + column.type() + " " + column.required())
                .containsExactly("id INT64 true", "item STRING false", "price NUMERIC false");
        assertThat(fake.table("orders").query())
                .isEqualTo("SELECT `id`, `item`, `price` FROM `shop-project.warehouse.orders_1`");
    }

    @Test
    void a_row_has_the_sequence_number_of_its_event_and_a_change_of_key_is_two() throws Exception {
        sink.write(Orders.read(1, 1, "a"), Orders.rekey(0x1A2B, 1, 2, "b"), Orders.delete(0x1A2C, 2));
        assertThat(fake.table("orders_1").log())
                .extracting(row -> row.changeType() + " " + row.values().get("id") + " " + row.sequence())
                .containsExactly(
                        "UPSERT 1 00000000000000ff/0000000000000001/0",
                        "DELETE 1 0000000000001a2b/0000000000000000/0",
                        "UPSERT 2 0000000000001a2b/0000000000000000/1",
                        "DELETE 2 0000000000001a2c/0000000000000000/0");
        assertThat(fake.rows("orders")).isEmpty();
    }

    @Test
    void replays_in_any_order_leave_the_newest_rows() throws Exception {
        long seed = Long.getLong("pgcdc.bigquery.seed", System.nanoTime());
        System.out.println("seed: -Dpgcdc.bigquery.seed=" + seed);
        Random random = new Random(seed);
        Map<Long, String> expected = new TreeMap<>();
        List<ChangeEvent> events = new ArrayList<>();
        for (int commit = 0x1000; commit < 0x1400; commit++) {
            long id = random.nextInt(50);
            String item = "item " + commit;
            if (!expected.containsKey(id)) {
                events.add(Orders.insert(commit, id, item));
            } else if (random.nextInt(3) == 0) {
                events.add(Orders.delete(commit, id));
                item = null;
            } else if (random.nextInt(3) == 0 && !expected.containsKey(id + 100)) {
                events.add(Orders.rekey(commit, id, id + 100, item));
                expected.remove(id);
                id += 100;
            } else {
                events.add(Orders.update(commit, id, item));
            }
            expected.put(id, item);
            expected.values().removeIf(value -> value == null);
        }
        List<ChangeEvent> replayed = new ArrayList<>(events);
        events.forEach(event -> replayed.addAll(Collections.nCopies(random.nextInt(3), event)));
        Collections.shuffle(replayed, random);
        sink.write(replayed.toArray(ChangeEvent[]::new));
        assertThat(items()).isEqualTo(expected);
    }

    @Test
    void a_truncate_turns_the_view_to_a_new_table_and_the_old_one_expires() throws Exception {
        sink.write(Orders.read(1, 1, "a"));
        sink.write(Orders.truncate(0x1001));
        sink.write(Orders.insert(0x1002, 2, "b"));
        assertThat(items()).isEqualTo(Map.of(2L, "b"));
        assertThat(fake.rows("orders_1")).hasSize(1);
        assertThat(fake.table("orders_1").options().get("expiration_timestamp")).contains("INTERVAL 7 DAY");
        assertThat(fake.table("orders_2").options()).doesNotContainKey("expiration_timestamp");
    }

    @Test
    void what_comes_again_from_before_a_truncate_stays_away_also_after_a_restart() throws Exception {
        List<ChangeEvent> all = List.of(
                Orders.read(1, 1, "a"), Orders.insert(0x1001, 2, "b"), Orders.truncate(0x1002),
                Orders.insert(0x1003, 3, "c"));
        sink.write(all.toArray(ChangeEvent[]::new));
        sink.write(all.toArray(ChangeEvent[]::new));
        try (SinkUnderTest restarted = new SinkUnderTest(fake, "")) {
            restarted.write(all.toArray(ChangeEvent[]::new));
            restarted.write(Orders.insert(0x1004, 4, "d"));
        }
        assertThat(items()).isEqualTo(Map.of(3L, "c", 4L, "d"));
        assertThat(fake.names()).containsExactly("orders", "orders_1", "orders_2");
    }

    @Test
    void what_comes_again_from_before_a_new_copy_may_have_a_shape_that_the_new_table_can_not_take() throws Exception {
        sink.write(Orders.insert(0x1001, 1, "a"));
        List<Column> columns = new ArrayList<>(Orders.SCHEMA.columns());
        columns.set(1, columns.get(1).identity(true));
        TableSchema otherKey = new TableSchema(Orders.SCHEMA.table(), 4711, ReplicaIdentity.DEFAULT, columns);
        assertThat(sink.failure(Orders.insert(otherKey, 0x1002, 1, "b")))
                .hasMessageContaining("The key of public.orders is another one than that of orders_1 from event");
        sink.write(Orders.reset(otherKey, 0x2000), Orders.insert(otherKey, 0x2001, 2, "c"));
        sink.write(Orders.insert(0x1001, 1, "a"), Orders.insert(otherKey, 0x2001, 2, "c"));
        assertThat(items()).isEqualTo(Map.of(2L, "c"));
    }

    @Test
    void a_crash_between_the_new_table_and_the_view_is_made_good_by_the_truncate_that_comes_again() throws Exception {
        sink.write(Orders.read(1, 1, "a"));
        // Everything but the last statement of a truncate has been run.
        sink.write(Orders.truncate(0x1001));
        String view = fake.statements().stream().filter(sql -> sql.startsWith("CREATE OR REPLACE VIEW")).findFirst().get();
        fake.execute(view);
        assertThat(items()).isEqualTo(Map.of(1L, "a"));
        try (SinkUnderTest restarted = new SinkUnderTest(fake, "")) {
            restarted.write(Orders.read(1, 1, "a"), Orders.truncate(0x1001), Orders.insert(0x1002, 2, "b"));
        }
        assertThat(items()).isEqualTo(Map.of(2L, "b"));
        assertThat(fake.names()).containsExactly("orders", "orders_1", "orders_2");
    }

    @Test
    void a_copy_from_the_start_begins_anew_also_where_the_source_was_set_back() throws Exception {
        sink.write(Orders.read(1, 1, "a"), Orders.truncate(0x5000), Orders.insert(0x5001, 2, "b"));
        sink.write(Orders.reset(0x4000));
        ChangeEvent changed = Orders.insert(0x4001, 3, "c");
        sink.write(changed);
        assertThat(items()).isEqualTo(Map.of(3L, "c"));
        // The exchange failed behind the sink, and comes again.
        sink.write(Orders.reset(0x4000), changed);
        assertThat(items()).isEqualTo(Map.of(3L, "c"));
    }

    @ParameterizedTest
    @EnumSource(value = Fault.class, mode = EnumSource.Mode.EXCLUDE,
                names = { "PERMISSION_DENIED", "UNAUTHENTICATED", "INVALID_ARGUMENT", "ROW_ERROR", "HANG" })
    void a_transient_failure_is_tried_again_and_the_exchange_waits_for_it(Fault fault) throws Exception {
        fake.fault(fault, fault);
        sink.write(Orders.inserts(100).toArray(ChangeEvent[]::new));
        assertThat(fake.rows("orders")).hasSize(100);
        assertThat(fake.faultsLeft()).isZero();
    }

    @Test
    void requests_that_overtake_one_that_failed_do_no_harm() throws Exception {
        sink.write(Orders.insert(0x1001, 1, "old"));
        fake.fault(Fault.RESOURCE_EXHAUSTED);
        CompletableFuture<Exchange> first = sink.begin(List.of(Orders.update(0x1002, 1, "older"), Orders.delete(0x1003, 1)));
        CompletableFuture<Exchange> second = sink.begin(List.of(Orders.insert(0x1004, 1, "newest")));
        assertThat(first.get(30, TimeUnit.SECONDS).getException()).isNull();
        assertThat(second.get(30, TimeUnit.SECONDS).getException()).isNull();
        assertThat(fake.table("orders_1").log()).extracting(FakeTable.Written::sequence)
                .as("the first request came last").last().asString().startsWith("0000000000001003");
        assertThat(items()).isEqualTo(Map.of(1L, "newest"));
    }

    @Test
    void a_transient_failure_that_stays_fails_the_exchange_and_the_next_one_is_tried_afresh() throws Exception {
        try (SinkUnderTest hasty = new SinkUnderTest(fake, "retryTimeout=300")) {
            fake.fault(Collections.nCopies(30, Fault.RESOURCE_EXHAUSTED).toArray(Fault[]::new));
            assertThat(hasty.failure(Orders.insert(0x1001, 1, "a")))
                    .hasMessageContaining("RESOURCE_EXHAUSTED")
                    .hasMessageContaining("for orders_1, from event 0000000000001001/0000000000000000 of public.orders on");
            fake.clearFaults();
            hasty.write(Orders.insert(0x1001, 1, "a"));
        }
        assertThat(items()).isEqualTo(Map.of(1L, "a"));
    }

    @ParameterizedTest
    @EnumSource(value = Fault.class, names = { "PERMISSION_DENIED", "UNAUTHENTICATED", "INVALID_ARGUMENT" })
    void a_permanent_failure_fails_the_exchange_at_once_and_says_what_is_missing(Fault fault) throws Exception {
        fake.fault(fault);
        Exception failure = sink.failure(Orders.insert(0x1001, 1, "a"));
        assertThat(failure).hasMessageContaining(fault + " after 1 attempt");
        if (fault != Fault.INVALID_ARGUMENT) {
            assertThat(failure).hasMessageContaining("BigQuery Data Editor");
        }
        sink.write(Orders.insert(0x1001, 1, "a"));
        assertThat(items()).isEqualTo(Map.of(1L, "a"));
    }

    @Test
    void a_refused_row_fails_its_exchange_naming_the_event_and_no_value() throws Exception {
        fake.fault(Fault.ROW_ERROR);
        Exception failure = sink.failure(Orders.insert(0x1001, 1, "a"), Orders.insert(0x1002, 2, "b"));
        assertThat(failure)
                .hasMessage("BigQuery refused 1 of 2 rows for orders_1, the first of them the event"
                            + " 0000000000001001/0000000000000000 of public.orders; none of these rows was written")
                .hasNoCause();
        assertThat(fake.rows("orders")).isEmpty();
    }

    @Test
    void a_request_that_is_never_answered_is_sent_again() throws Exception {
        StreamWriter.setMaxRequestCallbackWaitTime(java.time.Duration.ofSeconds(1));
        try {
            fake.fault(Fault.HANG);
            sink.write(Orders.insert(0x1001, 1, "a"));
            assertThat(items()).isEqualTo(Map.of(1L, "a"));
        } finally {
            StreamWriter.setMaxRequestCallbackWaitTime(java.time.Duration.ofMinutes(5));
        }
    }

    @Test
    void an_exchange_ends_only_after_all_its_requests() throws Exception {
        try (SinkUnderTest small = new SinkUnderTest(fake, "maxRequestRows=10")) {
            small.write(Orders.insert(0x1001, 1, "a"));
            fake.fault(Fault.ROW_ERROR, Fault.RESOURCE_EXHAUSTED);
            assertThat(small.failure(Orders.inserts(30).toArray(ChangeEvent[]::new)))
                    .hasMessageContaining("refused");
            assertThat(fake.rows("orders")).as("the two others were written, one at the second attempt").hasSize(21);
        }
        assertThat(fake.mostRows()).isEqualTo(10);
    }

    @Test
    void requests_are_never_larger_than_they_may_be() throws Exception {
        String large = "x".repeat(4_000_000);
        sink.write(Orders.insert(1, 1, large), Orders.insert(2, 2, large), Orders.insert(3, 3, large),
                Orders.insert(4, 4, "small"), Orders.insert(5, 5, "x".repeat(8_999_000)));
        assertThat(fake.rows("orders")).hasSize(5);
        assertThat(fake.requests()).isEqualTo(3);
        assertThat(fake.largestRequest()).isBetween(8_000_000, 9_100_000);
        assertThat(sink.failure(Orders.insert(0x1006, 6, "x".repeat(9_000_000))))
                .hasMessageContaining("The row of the event 0000000000001006/0000000000000000 of public.orders has 9000")
                .hasMessageContaining("at most 9000000");
    }

    @Test
    void wherever_the_rest_api_fails_the_next_attempt_goes_on() throws Exception {
        ChangeEvent[] events = {
                Orders.insert(0x1001, 1, "a"), Orders.truncate(0x1002), Orders.insert(0x1003, 2, "b"),
                Orders.insert(Orders.PURCHASES, 0x1004, 3, "c"), Orders.insert(Orders.RENAMED, 0x1005, 4, "d") };
        int failures = 0;
        for (int call = 1; call == 1 || failures == call - 1; call++) {
            for (String name : fake.names()) {
                fake.execute("DROP " + (fake.table(name).isView() ? "VIEW IF EXISTS" : "TABLE") + " `shop-project.warehouse."
                             + name + "`");
            }
            SinkUnderTest fresh = new SinkUnderTest(fake, "");
            fake.failRestAt(call);
            Exception failure = fresh.failure(events);
            if (failure != null) {
                failures++;
                assertThat(failure).hasMessageContaining("BigQuery could not").hasMessageContaining("(503)");
                fresh.write(events);
            }
            assertThat(fake.rows("orders")).as("call " + call)
                    .extracting(row -> row.get("article")).containsExactlyInAnyOrder("b", "c", "d");
            ENDS.add(CompletableFuture.runAsync(fresh::close));
        }
        assertThat(failures).isGreaterThan(10);
    }

    @Test
    void the_statements_are_those_of_the_document() throws Exception {
        String document = Files.readString(Path.of("../docs/bigquery.md")).replaceAll("\\s+", " ");
        TableSchema schema = new TableSchema(
                new TableId("public", "orders"), 16385, ReplicaIdentity.DEFAULT, Orders.SCHEMA.columns().subList(0, 2));
        sink.write(ChangeEvent.row(
                Operation.INSERT, schema, new Object[] { 1L, "a" }, null, Orders.transaction(0x1001), 0x1001, 0, 100));
        assertThat(fake.statements()).hasSize(2);
        assertThat(document.replace("( ", "(").replace(" )", ")"))
                .contains(fake.statements().get(0) + ";")
                .contains(fake.statements().get(1).replaceAll(", \\('pgcdc_begins.*?\\)]", ", …]"));
    }

    @Test
    void batches_that_were_put_together_are_taken() throws Exception {
        Exchange ended = sink.beginWith(List.of(
                new ChangeBatch(List.of(Orders.insert(0x1001, 1, "a"))), Orders.insert(0x1002, 2, "b")))
                .get(30, TimeUnit.SECONDS);
        assertThat(ended.getException()).isNull();
        assertThat(items()).isEqualTo(Map.of(1L, "a", 2L, "b"));
    }

    @Test
    void a_numeric_without_precision_is_a_bignumeric_by_option_and_then_not_any_value_fits() throws Exception {
        TableSchema schema = new TableSchema(
                Orders.SCHEMA.table(), 4711, ReplicaIdentity.DEFAULT,
                List.of(Orders.SCHEMA.columns().get(0), new Column("n", 1700, "numeric", -1, true, false, 2, null)));
        try (SinkUnderTest numbers = new SinkUnderTest(fake, "unboundedNumeric=BIGNUMERIC")) {
            BigDecimal longest = new BigDecimal("9".repeat(38) + "." + "9".repeat(38));
            numbers.write(numbered(schema, longest));
            assertThat(fake.rows("orders").get(0)).containsEntry("n", longest);
            for (Object unfit : List.of("NaN", "Infinity", new BigDecimal("1e38"), new BigDecimal("1e-39"))) {
                assertThat(numbers.failure(numbered(schema, unfit)))
                        .hasMessageContaining("a BIGNUMERIC has 38 digits before the point and 38 behind it");
            }
        }
    }

    private static ChangeEvent numbered(TableSchema schema, Object n) {
        return ChangeEvent.row(
                Operation.INSERT, schema, new Object[] { 1L, n }, null, Orders.transaction(0x1001), 0x1001, 0, 100);
    }

    @Test
    void rows_that_a_truncate_has_made_void_hold_up_nobody() throws Exception {
        sink.write(Orders.insert(0x1001, 1, "a"));
        fake.fault(Fault.RESOURCE_EXHAUSTED);
        CompletableFuture<Exchange> before = sink.begin(List.of(Orders.insert(0x1002, 2, "b")));
        Awaitility.await().until(() -> fake.faultsLeft() == 0);
        sink.write(Orders.truncate(0x1003));
        fake.execute("DROP TABLE `shop-project.warehouse.orders_1`");
        assertThat(before.get(30, TimeUnit.SECONDS).getException()).isNull();
        assertThat(items()).isEmpty();
    }

    @Test
    void an_update_without_a_large_value_is_refused_naming_the_mend() throws Exception {
        sink.write(Orders.insert(0x1001, 1, "a"));
        assertThat(sink.failure(Orders.unchangedItem(0x1002, 1)))
                .hasMessageContaining("public.orders has no value for the column item")
                .hasMessageContaining("ALTER TABLE \"public\".\"orders\" REPLICA IDENTITY FULL");
        assertThat(items()).isEqualTo(Map.of(1L, "a"));
    }

    @Test
    void a_value_that_does_not_fit_is_refused_naming_column_event_and_mend_and_no_value() throws Exception {
        Exception failure = sink.failure(Orders.priced(0x1001, 1, "NaN"));
        assertThat(failure)
                .hasMessageContaining("The value of public.orders.price in the event 0000000000001001/0000000000000000")
                .hasMessageContaining("a NUMERIC has 29 digits")
                .hasMessageContaining("add it to textColumns (public.orders.price)")
                .hasMessageNotContaining("NaN");
        try (SinkUnderTest text = new SinkUnderTest(fake, "textColumns=public.orders.price")) {
            text.write(Orders.reset(0x2000));
            text.write(Orders.priced(0x2001, 1, "NaN"));
        }
        assertThat(fake.rows("orders").get(0)).containsEntry("price", "NaN");
    }

    @Test
    void an_older_shape_that_comes_again_does_not_set_the_view_back() throws Exception {
        sink.write(Orders.insert(0x1001, 1, "a"), Orders.insert(Orders.RENAMED, 0x1002, 2, "b"));
        String query = "SELECT `id`, `item` AS `article`, `price` FROM `shop-project.warehouse.orders_1`";
        assertThat(fake.table("orders").query()).isEqualTo(query);
        int statements = fake.statements().size();
        try (SinkUnderTest restarted = new SinkUnderTest(fake, "")) {
            restarted.write(Orders.insert(0x1001, 1, "a"));
            assertThat(fake.table("orders").query()).isEqualTo(query);
            restarted.write(Orders.insert(Orders.RENAMED, 0x1002, 2, "b"));
        }
        assertThat(fake.statements()).hasSize(statements);
        assertThat(fake.rows("orders")).extracting(row -> row.get("article")).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void a_column_that_gets_its_old_name_back_is_shown_under_it() throws Exception {
        sink.write(Orders.insert(0x1001, 1, "a"), Orders.insert(Orders.RENAMED, 0x1002, 2, "b"),
                Orders.insert(0x1003, 3, "c"));
        assertThat(items()).isEqualTo(Map.of(1L, "a", 2L, "b", 3L, "c"));
        sink.write(Orders.insert(Orders.RENAMED, 0x1002, 2, "b"), Orders.insert(0x1003, 3, "c"));
        assertThat(items()).isEqualTo(Map.of(1L, "a", 2L, "b", 3L, "c"));
    }

    @Test
    void a_table_that_gets_its_old_name_back_has_all_its_rows_also_after_a_truncate() throws Exception {
        sink.write(Orders.insert(0x1001, 1, "a"), Orders.insert(Orders.PURCHASES, 0x1002, 2, "b"));
        assertThat(fake.names()).containsExactly("orders_1", "purchases");
        assertThat(fake.rows("purchases")).hasSize(2);
        sink.write(Orders.truncate(Orders.PURCHASES, 0x1003), Orders.insert(Orders.PURCHASES, 0x1004, 3, "c"));
        sink.write(Orders.insert(0x1005, 4, "d"));
        assertThat(items()).isEqualTo(Map.of(3L, "c", 4L, "d"));
        assertThat(fake.names()).containsExactly("orders", "orders_1", "orders_2");
    }

    @Test
    void two_tables_that_exchanged_their_names_and_are_copied_anew_have_a_view_each() throws Exception {
        TableSchema invoices = renamed(Orders.RECREATED, "invoices");
        sink.write(Orders.insert(0x1001, 1, "order"), Orders.insert(invoices, 0x1002, 2, "invoice"));
        // 4711 and 4712 have each other's names now.
        TableSchema orders = renamed(Orders.SCHEMA, "invoices");
        sink.write(Orders.reset(Orders.RECREATED, 0x2000), Orders.insert(Orders.RECREATED, 0x2001, 2, "invoice"));
        sink.write(Orders.reset(orders, 0x2002), Orders.insert(orders, 0x2003, 1, "order"));
        assertThat(items()).isEqualTo(Map.of(2L, "invoice"));
        assertThat(fake.rows("invoices")).extracting(row -> row.get("item")).containsExactly("order");
    }

    private static TableSchema renamed(TableSchema schema, String name) {
        return new TableSchema(
                new TableId("public", name), schema.relationOid(), schema.replicaIdentity(), schema.columns());
    }

    @Test
    void columns_of_types_that_bigquery_has_no_keys_of_are_text_in_a_key_and_in_a_key_only() throws Exception {
        List<String> types
                = List.of("701 double precision", "700 real", "3802 jsonb", "17 bytea", "1083 time", "1007 integer[]");
        List<Column> columns = new ArrayList<>();
        Object[] values = { 1.5, 2.5, "{}", "AP8=", "10:00:00", List.of(1), 1.5, 2.5, "{}", "AP8=", "10:00:00", List.of(1) };
        for (int i = 0; i < values.length; i++) {
            String[] type = types.get(i % types.size()).split(" ", 2);
            columns.add(new Column("c" + i, Integer.parseInt(type[0]), type[1], -1, true, i < types.size(), i + 1, null));
        }
        TableSchema schema = new TableSchema(new TableId("public", "odd"), 99, ReplicaIdentity.DEFAULT, columns);
        sink.write(ChangeEvent.row(Operation.INSERT, schema, values, null, Orders.transaction(0x1001), 0x1001, 0, 100));
        assertThat(fake.table("odd_1").columns()).extracting(FakeColumn::type).containsExactly(
                "STRING", "STRING", "STRING", "STRING", "STRING", "STRING", "FLOAT64", "FLOAT64", "JSON", "BYTES", "TIME",
                "JSON");
        assertThat(fake.table("odd_1").key()).hasSize(6);
        assertThat(fake.table("odd_1").clustering()).hasSize(4);
        assertThat(fake.rows("odd").get(0)).containsEntry("c3", "AP8=").containsEntry("c4", "10:00:00").containsEntry("c5",
                "[1]");
    }

    @Test
    void a_key_of_more_than_16_columns_is_refused() throws Exception {
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < 17; i++) {
            columns.add(new Column("c" + i, 20, "bigint", -1, true, true, i + 1, null));
        }
        TableSchema schema = new TableSchema(new TableId("public", "wide"), 99, ReplicaIdentity.DEFAULT, columns);
        Object[] values = Collections.nCopies(17, 1L).toArray();
        assertThat(sink.failure(
                ChangeEvent.row(Operation.INSERT, schema, values, null, Orders.transaction(0x1001), 0x1001, 0, 100)))
                .hasMessageContaining("The key of public.wide has 17 columns, and BigQuery's at most 16");
    }

    @Test
    void without_staleness_every_query_sees_everything() throws Exception {
        try (SinkUnderTest fresh = new SinkUnderTest(fake, "maxStaleness=0")) {
            fresh.write(Orders.read(1, 1, "a"));
        }
        assertThat(fake.table("orders_1").options()).doesNotContainKey("max_staleness");
    }

    @Test
    void connections_are_closed_with_the_shape_or_table_that_they_are_for_and_behind_a_late_retry() throws Exception {
        sink.write(Orders.insert(0x1001, 1, "a"));
        // So many that the first request is still to be sent again when the other shape is there.
        fake.fault(Collections.nCopies(6, Fault.RESOURCE_EXHAUSTED).toArray(Fault[]::new));
        CompletableFuture<Exchange> retried = sink.begin(List.of(Orders.insert(0x1002, 2, "b")));
        sink.write(Orders.insert(Orders.RENAMED, 0x1003, 3, "c"));
        assertThat(retried.get(30, TimeUnit.SECONDS).getException()).isNull();
        Awaitility.await().untilAsserted(() -> assertThat(fake.connections()).isEqualTo(1));
        sink.write(Orders.truncate(0x1004));
        Awaitility.await().untilAsserted(() -> assertThat(fake.connections()).isZero());
    }

    @Test
    void another_table_of_the_same_name_is_refused_until_it_is_copied_anew() throws Exception {
        sink.write(Orders.insert(0x1001, 1, "a"));
        assertThat(sink.failure(Orders.insert(Orders.RECREATED, 0x1002, 2, "b")))
                .hasMessageContaining("shows another table of PostgreSQL than the present public.orders")
                .hasMessageContaining("was 4711 and is 4712");
        sink.write(Orders.reset(Orders.RECREATED, 0x1003));
        sink.write(Orders.insert(Orders.RECREATED, 0x1004, 2, "b"));
        assertThat(items()).isEqualTo(Map.of(2L, "b"));
    }

    @Test
    void a_view_of_somebody_else_is_left_alone() throws Exception {
        fake.execute("CREATE TABLE `shop-project.warehouse.orders` (`id` INT64)");
        assertThat(sink.failure(Orders.insert(0x1001, 1, "a")))
                .hasMessageContaining("`shop-project.warehouse.orders` was not made by pgcdc-bigquery");
        fake.execute("DROP TABLE `shop-project.warehouse.orders`");
        sink.write(Orders.insert(0x1001, 1, "a"));
        assertThat(sink.failure(Orders.insert(renamed(Orders.RECREATED, "orders_1"), 0x1002, 1, "a")))
                .hasMessageContaining("`shop-project.warehouse.orders_1` is the table behind another view");
        TableSchema sales = new TableSchema(
                new TableId("sales", "orders"), 99, ReplicaIdentity.DEFAULT, Orders.SCHEMA.columns());
        sink.write(Orders.insert(sales, 0x1003, 1, "a"));
        assertThat(sink.failure(Orders.insert(renamed(Orders.RECREATED, "sales_orders"), 0x1004, 1, "a")))
                .hasMessageContaining("`shop-project.warehouse.sales_orders` shows another table of PostgreSQL");
    }

    @Test
    void a_body_of_something_else_is_refused() throws Exception {
        assertThat(sink.beginWith("text").get(10, TimeUnit.SECONDS).getException())
                .hasMessageContaining("pgcdc-bigquery takes the body of a pgcdc exchange")
                .hasMessageContaining("java.lang.String");
    }

    private Map<Object, Object> items() {
        Map<Object, Object> items = new TreeMap<>();
        fake.rows("orders").forEach(row -> items.put(row.get("id"), row.get("item")));
        return items;
    }
}

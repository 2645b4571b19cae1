package io.pgcdc.camel;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What an exchange carries, as the contract says. */
@PostgresTest
class ExchangesIT {

    private final List<Exchange> exchanges = Collections.synchronizedList(new ArrayList<>());

    @Test
    void rows_and_changes_have_their_bodies_and_headers(TestDatabase database) throws Exception {
        create(database);
        try (RouteUnderTest route = RouteUnderTest.start(database, "", e -> exchanges.add(e.copy()))) {
            route.awaitReady();
            database.execute(
                    "INSERT INTO t VALUES (2, 'two', 2.50, '2026-01-02 03:04:05.5+02', '{\"a\": 1}', '{1,NULL,3}')",
                    "UPDATE t SET id = 3, name = 'three' WHERE id = 2", "DELETE FROM t WHERE id = 3", "TRUNCATE t");
            route.awaitCaughtUp();
        }
        assertThat(exchanges).extracting(e -> e.getIn().getHeader(PgCdcConstants.OPERATION))
                .containsExactly("read", "insert", "update", "delete", "truncate");
        Exchange insert = exchanges.get(1);
        assertThat(insert.getIn().getBody(ChangeEvent.class)).containsExactly(
                Map.entry("id", 2L), Map.entry("name", "two"), Map.entry("price", new BigDecimal("2.50")),
                Map.entry("at", "2026-01-02T01:04:05.5Z"), Map.entry("doc", "{\"a\": 1}"),
                Map.entry("numbers", java.util.Arrays.asList(1, null, 3)));
        assertThat(insert.getIn().getBody(String.class)).startsWith("{\"id\":2,\"name\":\"two\",\"price\":2.50,");
        assertThat(insert.getIn().getHeaders()).containsEntry(PgCdcConstants.SCHEMA, "public")
                .containsEntry(PgCdcConstants.TABLE, "t").containsEntry(PgCdcConstants.KEY, Map.of("id", 2L))
                .containsEntry(PgCdcConstants.ORDINAL, 0L)
                .containsKeys(
                        PgCdcConstants.LSN, PgCdcConstants.COMMIT_LSN, PgCdcConstants.XID,
                        PgCdcConstants.COMMIT_TIMESTAMP, PgCdcConstants.MESSAGE_TIMESTAMP, PgCdcConstants.TABLE_SCHEMA)
                .doesNotContainKeys(PgCdcConstants.BEFORE, PgCdcConstants.UNCHANGED, PgCdcConstants.BATCH_SIZE);
        Exchange update = exchanges.get(2);
        assertThat(update.getIn().getHeader(PgCdcConstants.BEFORE)).isEqualTo(Map.of("id", 2L));
        assertThat(update.getIn().getHeader(PgCdcConstants.KEY)).isEqualTo(Map.of("id", 3L));
        assertThat(exchanges.get(3).getIn().getBody()).isEqualTo(Map.of("id", 3L));
        assertThat(exchanges.get(4).getIn().getBody()).isEqualTo(Map.of());
        assertThat(exchanges).extracting(e -> e.getIn().getHeader(PgCdcConstants.EVENT_ID, String.class)).isSorted()
                .doesNotHaveDuplicates().allMatch(id -> id.matches("[0-9A-F]{16}/[0-9A-F]{16}"));
    }

    @Test
    void a_large_value_that_did_not_change_is_absent_and_named(TestDatabase database) throws Exception {
        database.execute(
                "CREATE TABLE t (id bigint PRIMARY KEY, v int, big text)",
                "ALTER TABLE t ALTER big SET STORAGE EXTERNAL",
                "INSERT INTO t SELECT 1, 1, string_agg(md5(i::text), '') FROM generate_series(1, 1000) i",
                "CREATE PUBLICATION mypub FOR TABLE t");
        try (RouteUnderTest route = RouteUnderTest.start(
                database, "snapshotMode=never", e -> exchanges.add(e.copy()))) {
            route.awaitReady();
            database.execute("UPDATE t SET v = 2");
            route.awaitCaughtUp();
        }
        assertThat(exchanges.get(0).getIn().getBody(Map.class)).containsOnlyKeys("id", "v");
        assertThat(exchanges.get(0).getIn().getHeader(PgCdcConstants.UNCHANGED)).isEqualTo(java.util.Set.of("big"));
    }

    @Test
    void batches_are_lists_of_one_table_with_exchanges_for_those_who_want_them(TestDatabase database)
            throws Exception {
        create(database);
        try (RouteUnderTest route = RouteUnderTest.start(
                database, "batching=true&snapshotMode=never", e -> exchanges.add(e.copy()))) {
            route.awaitReady();
            database.execute("INSERT INTO t (id) SELECT generate_series(10, 14)");
            route.awaitCaughtUp();
        }
        Exchange batch = exchanges.get(0);
        assertThat(exchanges).hasSize(1);
        assertThat(batch.getIn().getBody(List.class)).hasSize(5);
        assertThat(batch.getIn().getHeader(PgCdcConstants.BATCH_SIZE)).isEqualTo(5);
        assertThat(batch.getIn().getBody(String.class)).startsWith("[{\"id\":10,");
        List<?> grouped = batch.getProperty(Exchange.GROUPED_EXCHANGE, List.class);
        assertThat(((Exchange) grouped.get(4)).getIn().getHeader(PgCdcConstants.KEY)).isEqualTo(Map.of("id", 14L));
    }

    @Test
    void markers_and_messages_come_when_asked_for(TestDatabase database) throws Exception {
        create(database);
        try (RouteUnderTest route = RouteUnderTest.start(
                database, "includeTransactions=true&includeMessages=true&includeCopyMarkers=true",
                e -> exchanges.add(e.copy()))) {
            route.awaitReady();
            database.execute(
                    "BEGIN; INSERT INTO t (id) VALUES (2); SELECT pg_logical_emit_message(true, 'box', 'hello'); COMMIT",
                    "ALTER TABLE t ADD COLUMN extra int", "INSERT INTO t (id, extra) VALUES (4, 5)");
            route.awaitCaughtUp();
        }
        assertThat(exchanges).extracting(e -> e.getIn().getHeader(PgCdcConstants.OPERATION)).containsSubsequence(
                "copyStart", "read", "copyEnd", "begin", "insert", "message", "commit", "begin", "schema", "insert",
                "commit");
        assertThat(exchanges).extracting(e -> e.getIn().getHeader(PgCdcConstants.EVENT_ID, String.class))
                .doesNotHaveDuplicates();
        assertThat(exchanges).extracting(e -> e.getIn().getBody()).doesNotContainNull();
    }

    @Test
    void initial_only_copies_and_completes_and_does_not_copy_again(TestDatabase database) throws Exception {
        create(database);
        for (int start = 0; start < 2; start++) {
            try (RouteUnderTest route = RouteUnderTest.start(
                    database, "snapshotMode=initialOnly", e -> exchanges.add(e.copy()))) {
                org.awaitility.Awaitility.await().until(
                        () -> route.consumer().status().state() == io.pgcdc.pipeline.PipelineStatus.State.COMPLETED);
            }
        }
        assertThat(exchanges).hasSize(1);
        assertThat(database.slots()).isEmpty();
    }

    private static void create(TestDatabase database) {
        database.execute(
                "CREATE TABLE t (id bigint PRIMARY KEY, name text, price numeric(10,2), at timestamptz, doc jsonb,"
                         + " numbers int[])",
                "INSERT INTO t (id) VALUES (1)", "CREATE PUBLICATION mypub FOR TABLE t");
    }
}

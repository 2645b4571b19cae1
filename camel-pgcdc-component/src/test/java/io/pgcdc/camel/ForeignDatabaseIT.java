package io.pgcdc.camel;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

import io.pgcdc.model.TableId;
import io.pgcdc.pipeline.PipelineStatus;
import io.pgcdc.pipeline.PipelineStatus.TableStage;
import io.pgcdc.testing.PostgresMajors;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A database that was not made for a pipeline: tables of every kind that PostgreSQL's manual explains, those of
 * pgbench, and some that a seed made up; with their changes, also of their shapes. {@code -Dpgcdc.test.seed} repeats a
 * run.
 */
@PostgresTest
class ForeignDatabaseIT {

    private static final int LEAST_TABLES = 150;
    /** How many transactions are to come after both pipelines stream. */
    private static final int STREAMED_TRANSACTIONS = 300;
    /** Partitions come as themselves from the one publication, as their root from the other. */
    private static final String LEAVES = "leaves";
    private static final String ROOTS = "roots";

    @ParameterizedTest
    @PostgresMajors
    void any_database_ends_equal_row_by_row_and_in_batches_under_changes_of_rows_and_shapes(TestDatabase database)
            throws Exception {
        long seed = Long.getLong("pgcdc.test.seed", System.nanoTime());
        System.out.println("foreign database: repeat with -Dpgcdc.test.seed=" + seed + " -Dpgcdc.test.postgres.version="
                           + database.server().major());
        database.execute(resource("tables.sql"), resource("pgbench.sql"));
        List<GeneratedTable> generated = GeneratedSchemas.create(database, new Random(seed));
        database.execute(
                "CREATE PUBLICATION " + LEAVES + " FOR ALL TABLES",
                "CREATE PUBLICATION " + ROOTS + " FOR ALL TABLES WITH (publish_via_partition_root = true)");
        int before = tables(database, LEAVES).size();
        MirroredTables single = mirror(database);
        MirroredTables batched = mirror(database);
        try (ForeignWorkload workload = ForeignWorkload.start(
                database, seed, resource("changes.sql").lines().toList(), generated);
             RouteUnderTest first = RouteUnderTest.start(database, LEAVES, "", single::apply);
             RouteUnderTest second = RouteUnderTest.start(database, ROOTS, "batching=true", batched::apply)) {
            first.awaitReady();
            second.awaitReady();
            workload.streaming();
            long then = workload.transactions();
            Awaitility.await()
                    .until(() -> workload.isReshaped() && workload.transactions() > then + STREAMED_TRANSACTIONS);
            workload.close();
            System.out.println("foreign database: " + workload.transactions() + " transactions, " + workload.refused()
                               + " statements refused");
            awaitAllTables(database, first, LEAVES);
            awaitAllTables(database, second, ROOTS);
            database.awaitCaughtUp(LEAVES);
            database.awaitCaughtUp(ROOTS);
        }
        assertThat(before).isGreaterThanOrEqualTo(LEAST_TABLES);
        assertEqual(database, LEAVES, single);
        assertEqual(database, ROOTS, batched);
    }

    private static void assertEqual(TestDatabase database, String publication, MirroredTables model) throws Exception {
        Set<TableId> tables = tables(database, publication);
        MirroredTables copy = mirror(database);
        try (RouteUnderTest route = RouteUnderTest.start(
                database, publication, "snapshotMode=initialOnly&pipeline=again_" + publication, copy::apply)) {
            Awaitility.await().until(
                    () -> route.consumer().status().state() == PipelineStatus.State.COMPLETED);
        }
        Map<TableId, Integer> rows = rows(database, tables);
        System.out.println("foreign database: publication " + publication + ", " + tables.size() + " tables, "
                           + rows.values().stream().mapToInt(Integer::intValue).sum() + " rows, " + model.counts());
        assertThat(model.violations()).isEmpty();
        assertThat(model.differences(tables, copy)).isEmpty();
        assertThat(rows).allSatisfy((table, count) -> assertThat(model.rows(table)).as(table.toString()).isEqualTo(count));
    }

    private static void awaitAllTables(TestDatabase database, RouteUnderTest route, String publication) {
        Set<TableId> tables = tables(database, publication);
        Awaitility.await().until(() -> route.consumer().status().tables().stream()
                .filter(table -> table.stage() == TableStage.STREAMING)
                .map(PipelineStatus.Table::table)
                .collect(Collectors.toSet())
                .equals(tables));
    }

    /** The tables that the publication has, without those of the state. */
    private static Set<TableId> tables(TestDatabase database, String publication) {
        return database
                .rows("SELECT schemaname, tablename FROM pg_publication_tables WHERE schemaname <> 'pgcdc' AND pubname = '"
                      + publication + "'")
                .stream()
                .map(row -> new TableId((String) row.get("schemaname"), (String) row.get("tablename")))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Map<TableId, Integer> rows(TestDatabase database, Set<TableId> tables) {
        Map<TableId, Integer> rows = new TreeMap<>();
        Set<TableId> roots = database.rows(
                "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind = 'p'")
                .stream()
                .map(row -> new TableId((String) row.get("nspname"), (String) row.get("relname")))
                .collect(Collectors.toSet());
        for (TableId table : tables) {
            rows.put(table, (int) database.count((roots.contains(table) ? "" : "ONLY ") + table.quoted()));
        }
        return rows;
    }

    private static MirroredTables mirror(TestDatabase database) {
        return new MirroredTables(expression -> database.query("SELECT " + expression, String.class));
    }

    private static String resource(String name) throws IOException {
        try (InputStream file = ForeignDatabaseIT.class.getResourceAsStream("/foreign/" + name)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}

package io.pgcdc.camel;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

import io.pgcdc.pipeline.PipelineStatus;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

@PostgresTest
class ManyTablesIT {

    @Test
    void a_thousand_small_tables_are_ready_within_a_minute_by_a_handful_of_slots(TestDatabase database)
            throws Exception {
        for (int part = 0; part < 10; part++) {
            database.execute("DO $$ BEGIN FOR i IN " + part * 100 + ".." + (part * 100 + 99) + " LOOP "
                             + "EXECUTE format('CREATE TABLE t%s (id int PRIMARY KEY, note text)', i);"
                             + "EXECUTE format('INSERT INTO t%s SELECT g, g::text FROM generate_series(1, 100) g', i);"
                             + "END LOOP; END $$");
        }
        database.execute("CREATE PUBLICATION mypub FOR ALL TABLES");
        AtomicLong rows = new AtomicLong();
        Set<String> slots = new HashSet<>();
        long begun = System.nanoTime();
        try (RouteUnderTest route = RouteUnderTest.start(
                database, "", exchange -> rows.incrementAndGet())) {
            Awaitility.await().pollInterval(Duration.ofMillis(20)).until(() -> {
                slots.addAll(database.slots());
                PipelineStatus status = route.consumer().status();
                return status.tables().size() == 1_000 && database.query(
                        "SELECT count(*) FROM pgcdc.table_state WHERE state = 'READY'", Long.class) == 1_000;
            });
            System.out.println("1,000 tables ready after " + (System.nanoTime() - begun) / 1_000_000 + " ms, by "
                               + (slots.size() - 1) + " sync slots");
        }
        assertThat(rows).hasValue(100_000);
        assertThat(slots).hasSizeLessThanOrEqualTo(9);
    }
}

package io.pgcdc.camel;

import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.pipeline.PipelineStatus;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TcpProxy;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What a pipeline keeps and what it does again when it ends in the middle of something and begins again. */
@PostgresTest
class RestartIT {

    private final List<String> seen = Collections.synchronizedList(new ArrayList<>());

    @Test
    void a_schema_change_whose_exchange_did_not_complete_is_told_again_after_a_restart(TestDatabase database)
            throws Exception {
        create(database);
        AtomicInteger failures = new AtomicInteger();
        RouteUnderTest first = RouteUnderTest.start(database, "snapshotMode=never", exchange -> {
            failures.incrementAndGet();
            throw new IllegalStateException("not now");
        });
        first.awaitReady();
        database.execute("ALTER TABLE t ADD COLUMN v int", "INSERT INTO t VALUES (1, 2)");
        Awaitility.await().until(() -> failures.get() > 0);
        first.kill();
        try (RouteUnderTest second = RouteUnderTest.start(database, "snapshotMode=never", this::note)) {
            second.awaitReady();
            second.awaitCaughtUp();
        }
        assertThat(seen).containsExactly("schema null", "insert 1");
    }

    @Test
    void a_slot_may_have_any_name_that_the_server_takes(TestDatabase database) throws Exception {
        create(database);
        String slot = "2026_" + database.name();
        database.execute("INSERT INTO t VALUES (1)");
        for (int id = 2; id <= 3; id++) {
            try (RouteUnderTest route = RouteUnderTest.start(database, "slotName=" + slot, this::note)) {
                route.awaitReady();
                database.execute("INSERT INTO t VALUES (" + id + ")");
                database.awaitCaughtUp(slot);
            }
        }
        assertThat(seen).containsExactly("read 1", "insert 2", "insert 3");
        assertThat(database.slots()).containsExactly(slot);
    }

    @Test
    void after_a_stop_in_the_midst_of_a_backlog_only_the_transaction_under_way_comes_again(TestDatabase database)
            throws Exception {
        create(database);
        try (RouteUnderTest route = RouteUnderTest.start(database, "snapshotMode=never", this::note)) {
            route.awaitReady();
        }
        for (int id = 1; id <= 200; id++) {
            database.execute("INSERT INTO t VALUES (" + id + ")");
        }
        CountDownLatch stopping = new CountDownLatch(1);
        RouteUnderTest first = RouteUnderTest.start(database, "snapshotMode=never", exchange -> {
            note(exchange);
            if (seen.size() == 100) {
                stopping.await();
            }
        });
        Awaitility.await().until(() -> seen.size() == 100);
        Thread stop = new Thread(first::close);
        stop.start();
        Awaitility.await().until(() -> first.consumer().isSuspendingOrSuspended() || first.consumer().isStoppingOrStopped());
        stopping.countDown();
        stop.join();
        int before = seen.size();
        try (RouteUnderTest second = RouteUnderTest.start(database, "snapshotMode=never", this::note)) {
            second.awaitReady();
            second.awaitCaughtUp();
        }
        assertThat(seen.size() - 200).as("changes that came again, of " + before).isLessThanOrEqualTo(1);
    }

    @Test
    void a_table_that_is_redefined_while_its_copy_is_interrupted_tells_its_new_shape_once_and_starts_over(TestDatabase database)
            throws Exception {
        create(database);
        database.execute("INSERT INTO t SELECT generate_series(1, 10)");
        CountDownLatch forEver = new CountDownLatch(1);
        AtomicInteger begun = new AtomicInteger();
        RouteUnderTest first = RouteUnderTest.start(database, "", exchange -> {
            begun.incrementAndGet();
            forEver.await();
        });
        Awaitility.await().until(() -> begun.get() > 0);
        database.execute("INSERT INTO t VALUES (11)");
        first.kill();
        database.execute("ALTER TABLE t ADD COLUMN v int DEFAULT 7");
        try (RouteUnderTest second = RouteUnderTest.start(database, "", this::note)) {
            second.awaitReady();
            database.execute("INSERT INTO t VALUES (12)", "ALTER TABLE t ADD COLUMN w int", "INSERT INTO t VALUES (13)");
            second.awaitCaughtUp();
        }
        forEver.countDown();
        assertThat(seen).filteredOn(text -> !text.startsWith("read"))
                .containsExactly("schema null", "truncate null", "insert 12", "schema null", "insert 13");
    }

    @Test
    void a_stop_ends_the_wait_for_a_slot_that_the_server_can_not_create_yet(TestDatabase database) throws Exception {
        create(database);
        try (Connection other = database.connect(); Statement open = other.createStatement()) {
            other.setAutoCommit(false);
            open.execute("CREATE TABLE not_committed (x int)");
            RouteUnderTest route = RouteUnderTest.start(database, "", this::note);
            Awaitility.await().until(() -> database.slots().size() == 1);
            long begun = System.nanoTime();
            route.close();
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
            assertThat(database.slots()).isEmpty();
            other.commit();
        }
        try (RouteUnderTest route = RouteUnderTest.start(database, "", this::note)) {
            route.awaitReady();
        }
    }

    @Test
    void a_table_that_leaves_the_publication_before_its_copy_leaves_no_slot(TestDatabase database) throws Exception {
        create(database);
        try (RouteUnderTest route = RouteUnderTest.start(database, "", this::note)) {
            route.awaitReady();
        }
        database.execute("CREATE TABLE late (id int PRIMARY KEY)", "ALTER PUBLICATION mypub ADD TABLE late");
        try (Connection other = database.connect(); Statement open = other.createStatement()) {
            other.setAutoCommit(false);
            open.execute("CREATE TABLE not_committed (x int)");
            try (RouteUnderTest route = RouteUnderTest.start(database, "", this::note)) {
                Awaitility.await().until(() -> database.slots().size() == 2);
                database.execute("ALTER PUBLICATION mypub DROP TABLE late");
                other.commit();
                Awaitility.await().until(() -> database.slots().size() == 1);
                route.awaitReady();
            }
        }
        assertThat(database.rows("SELECT slot_name FROM pgcdc.slot_position")).hasSize(1);
    }

    @Test
    void a_stop_does_not_wait_for_ever_for_a_route_that_holds_a_row_of_the_copy(TestDatabase database)
            throws Exception {
        create(database);
        database.execute("INSERT INTO t SELECT generate_series(1, 10)");
        CountDownLatch forEver = new CountDownLatch(1);
        AtomicInteger begun = new AtomicInteger();
        RouteUnderTest route = new RouteUnderTest(database, "", routes(exchange -> {
            begun.incrementAndGet();
            awaitUninterruptibly(forEver);
        }, ""));
        route.context().getShutdownStrategy().setTimeout(1);
        route.start();
        Awaitility.await().until(() -> begun.get() > 0);
        long stopped = System.nanoTime();
        route.close();
        assertThat(Duration.ofNanos(System.nanoTime() - stopped)).isLessThan(Duration.ofSeconds(15));
        forEver.countDown();
    }

    @Test
    void what_is_still_on_its_way_when_the_connection_breaks_ends_before_it_is_delivered_again(TestDatabase database)
            throws Exception {
        create(database);
        nothingOvertakesTheOldDelivery(database, "snapshotMode=never&", () -> database.execute("INSERT INTO t VALUES (1)"));
    }

    @Test
    void rows_of_a_copy_that_are_still_on_their_way_when_it_breaks_end_before_it_is_begun_again(TestDatabase database)
            throws Exception {
        create(database);
        database.execute("INSERT INTO t VALUES (1)");
        nothingOvertakesTheOldDelivery(database, "", () -> {
        });
    }

    private void nothingOvertakesTheOldDelivery(TestDatabase database, String options, Runnable change)
            throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (TcpProxy proxy = TcpProxy.to(database.server());
             RouteUnderTest route = new RouteUnderTest(database, "", new RouteBuilder() {
                 @Override
                 public void configure() {
                     from("pgcdc:mypub?" + options + "url=RAW(" + proxy.url(database) + ")").routeId("cdc").threads(4, 4)
                             .process(exchange -> {
                                 seen.add("begun");
                                 release.await();
                                 seen.add("ended");
                             });
                 }
             })) {
            route.start();
            if (!options.isEmpty()) {
                route.awaitReady();
            }
            change.run();
            Awaitility.await().until(() -> !seen.isEmpty());
            proxy.cut();
            Awaitility.await().during(Duration.ofSeconds(2))
                    .until(() -> seen.size() == 1);
            release.countDown();
            Awaitility.await().until(
                    () -> route.consumer().status().state() == PipelineStatus.State.RUNNING);
            route.awaitReady();
            route.awaitCaughtUp();
        }
        assertThat(seen).startsWith("begun", "ended");
        for (int i = 0; i < seen.size(); i += 2) {
            assertThat(seen.subList(i, i + 2)).containsExactly("begun", "ended");
        }
    }

    private static RouteBuilder routes(Processor processor, String options) {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("pgcdc:mypub" + options).routeId("cdc").process(processor);
            }
        };
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        boolean interrupted = false;
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void note(Exchange exchange) {
        ChangeEvent event = exchange.getMessage().getBody(ChangeEvent.class);
        seen.add(event.operation().text() + ' ' + event.get("id"));
    }

    private static void create(TestDatabase database) {
        database.execute("CREATE TABLE t (id bigint PRIMARY KEY)", "CREATE PUBLICATION mypub FOR TABLE t");
    }
}

package io.pgcdc.camel;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.pgcdc.model.Operation;
import io.pgcdc.pipeline.PipelineStatus.State;
import io.pgcdc.postgres.ConnectionSettings;
import io.pgcdc.postgres.PostgresConnections;
import io.pgcdc.state.PostgresStateStore;
import io.pgcdc.state.SchemaStore;
import io.pgcdc.state.StateStore;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TcpProxy;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.health.HealthCheck;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Two instances of one pipeline, with nothing between them but the slot: one reads, the other waits for its end. */
@PostgresTest
class StandbyIT {

    private final Model model = new Model();
    private final AtomicInteger atSecond = new AtomicInteger();

    @Test
    void the_second_is_standby_and_healthy_and_gets_nothing_until_the_first_stops(TestDatabase database)
            throws Exception {
        Workload.create(database, 500);
        try (Workload workload = Workload.start(database, 1);
             RouteUnderTest first = start(database, model::apply)) {
            first.awaitReady();
            try (RouteUnderTest second = start(database, this::applyAtSecond)) {
                awaitState(second, State.STANDBY);
                assertStandsBy(second, Duration.ofSeconds(2));

                first.close();

                second.awaitReady();
                workload.close();
                second.awaitCaughtUp();
                assertThat(health(second).getDetails()).containsEntry("state", "running");
            }
        }
        assertThat(atSecond).hasPositiveValue();
        // After a stop in order only the transaction that was under way may come again.
        assertThat(model.violations()).allMatch(violation -> violation.matches(".* (\\S+)#\\d+ after \\1#\\d+"));
        assertSameRows(database);
    }

    @Test
    void the_second_takes_over_from_a_first_that_dies_while_it_streams(TestDatabase database) throws Exception {
        Workload.create(database, 500);
        try (Workload workload = Workload.start(database, 2)) {
            RouteUnderTest first = start(database, model::apply);
            first.awaitReady();
            try (RouteUnderTest second = start(database, this::applyAtSecond)) {
                awaitState(second, State.STANDBY);

                first.kill();
                model.expectReplay();

                second.awaitReady();
                workload.close();
                second.awaitCaughtUp();
            }
        }
        assertSame(database);
    }

    @Test
    void the_second_leaves_the_copy_of_the_first_alone_and_goes_on_with_it_when_that_dies(TestDatabase database)
            throws Exception {
        Workload.create(database, 2_000);
        CountDownLatch hold = new CountDownLatch(1);
        AtomicInteger atFirst = new AtomicInteger();
        try (Workload workload = Workload.start(database, 3)) {
            RouteUnderTest first = start(database, exchange -> {
                model.apply(exchange);
                if (atFirst.incrementAndGet() > 1_000) {
                    hold.await();
                }
            });
            Awaitility.await().until(() -> atFirst.get() > 1_000 && database.slots().size() > 1);
            List<String> slots = database.slots();
            try (RouteUnderTest second = start(database, this::applyAtSecond)) {
                awaitState(second, State.STANDBY);
                assertStandsBy(second, Duration.ofSeconds(2));
                assertThat(database.slots()).as("the slots of the first's copy").isEqualTo(slots);

                hold.countDown();
                first.kill();
                model.expectReplay();

                second.awaitReady();
                workload.close();
                second.awaitCaughtUp();
            }
        }
        assertSame(database);
    }

    @Test
    void of_two_that_start_at_once_on_nothing_one_runs_and_one_stands_by(TestDatabase database) throws Exception {
        Workload.create(database, 50);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            for (int round = 1; round <= 3; round++) {
                String options = "pipeline=round" + round;
                Model copied = new Model();
                CyclicBarrier together = new CyclicBarrier(2);
                Future<RouteUnderTest> one = threads.submit(() -> startTogether(together, database, options, copied));
                Future<RouteUnderTest> two = threads.submit(() -> startTogether(together, database, options, copied));
                try (RouteUnderTest a = one.get(); RouteUnderTest b = two.get()) {
                    Awaitility.await().until(
                            () -> List.of(state(a), state(b)).containsAll(List.of(State.RUNNING, State.STANDBY)));
                    assertThat(health(a).getState()).isEqualTo(HealthCheck.State.UP);
                    assertThat(health(b).getState()).isEqualTo(HealthCheck.State.UP);
                    (state(a) == State.RUNNING ? a : b).awaitReady();
                }
                assertThat(copied.count(Operation.READ)).as("rows copied in round " + round).isEqualTo(150);
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void an_instance_that_was_cut_off_loses_the_slot_and_stands_by_when_it_is_back(TestDatabase database)
            throws Exception {
        Workload.create(database, 500);
        try (TcpProxy proxy = TcpProxy.to(database.server());
             Workload workload = Workload.start(database, 4);
             // What the server allows a silent reader: a minute by default, here as the documentation recommends.
             RouteUnderTest first = RouteUnderTest.start(database,
                     "url=RAW(" + proxy.url(database) + "?options=-c%20wal_sender_timeout=1s)", model::apply)) {
            first.awaitReady();
            try (RouteUnderTest second = start(database, this::applyAtSecond)) {
                awaitState(second, State.STANDBY);

                proxy.blackHole();
                Awaitility.await().until(() -> {
                    model.expectReplay();
                    return atSecond.get() > 0;
                });
                proxy.cut();
                proxy.resume();

                awaitState(first, State.STANDBY);
                second.awaitReady();
                second.close();
                // The transaction that it was reading comes again, from its beginning.
                model.expectReplay();

                first.awaitReady();
                workload.close();
                first.awaitCaughtUp();
            }
        }
        assertSame(database);
    }

    @Test
    void an_instance_that_looked_before_another_began_does_not_begin_again(TestDatabase database) throws Exception {
        Workload.create(database, 50);
        CountDownLatch looked = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (PostgresStateStore store = new PostgresStateStore(connections(database), "pgcdc");
             RouteUnderTest second = new RouteUnderTest(database, "", new RouteBuilder() {
                 @Override
                 public void configure() {
                     from("pgcdc:mypub?stateStore=#slow").routeId("cdc").process(StandbyIT.this::applyAtSecond);
                 }
             })) {
            second.context().getRegistry().bind("slow", slow(store, looked, goOn));
            second.start();
            assertThat(looked.await(120, TimeUnit.SECONDS)).isTrue();
            RouteUnderTest first = start(database, model::apply);
            first.awaitReady();
            first.close();

            goOn.countDown();

            second.awaitReady();
            database.execute("DELETE FROM orders WHERE id > 40");
            second.awaitCaughtUp();
        }
        assertThat(model.count(Operation.READ)).as("rows copied by the first, and by nobody again").isEqualTo(150);
        assertSame(database);
    }

    /** A store that takes its time after it has said for the first time what it knows of the pipeline. */
    private static Object slow(PostgresStateStore store, CountDownLatch looked, CountDownLatch goOn) {
        Class<?>[] types = { StateStore.class, SchemaStore.class };
        return Proxy.newProxyInstance(StandbyIT.class.getClassLoader(), types, (proxy, method, arguments) -> {
            Object result = method.invoke(store, arguments);
            if (method.getName().equals("pipeline") && looked.getCount() > 0) {
                looked.countDown();
                goOn.await();
            }
            return result;
        });
    }

    private static PostgresConnections connections(TestDatabase database) {
        return new PostgresConnections(
                new ConnectionSettings(database.url(), database.username(), database.password(), "pgcdc state"));
    }

    private void applyAtSecond(Exchange exchange) {
        atSecond.incrementAndGet();
        model.apply(exchange);
    }

    private static RouteUnderTest start(TestDatabase database, Processor processor) throws Exception {
        return RouteUnderTest.start(database, "", processor);
    }

    private static RouteUnderTest startTogether(
            CyclicBarrier together, TestDatabase database, String options, Model copied)
            throws Exception {
        together.await();
        return RouteUnderTest.start(database, options, copied::apply);
    }

    private void assertStandsBy(RouteUnderTest second, Duration time) {
        Awaitility.await().during(time).untilAsserted(() -> {
            HealthCheck.Result health = health(second);
            assertThat(health.getState()).isEqualTo(HealthCheck.State.UP);
            assertThat(health.getDetails()).containsEntry("state", "standby");
            assertThat(atSecond).hasValue(0);
        });
    }

    private static HealthCheck.Result health(RouteUnderTest route) {
        return new PgCdcHealthCheck(route.consumer()).call();
    }

    private static State state(RouteUnderTest route) {
        return route.consumer().status().state();
    }

    private static void awaitState(RouteUnderTest route, State state) {
        Awaitility.await().until(() -> state(route) == state);
    }

    private void assertSame(TestDatabase database) {
        assertSameRows(database);
        assertThat(model.violations()).isEmpty();
    }

    private void assertSameRows(TestDatabase database) {
        for (String table : Workload.TABLES) {
            assertThat(model.rows(table)).as(table).isEqualTo(Workload.expected(database, table));
        }
        assertThat(database.slots()).containsExactly("pgcdc_" + database.name() + "_mypub");
    }
}

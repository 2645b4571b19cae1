package io.pgcdc.camel;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import io.pgcdc.pipeline.PipelineStatus.State;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How long it takes from the end of one instance until the other gives its route a change that was committed meanwhile.
 * Only with {@code -Dpgcdc.takeover.rounds=9}, or as many as you like; it takes 15 s for each.
 */
@PostgresTest
@EnabledIfSystemProperty(named = TakeoverTimeIT.PROPERTY, matches = "[1-9][0-9]*")
class TakeoverTimeIT {

    static final String PROPERTY = "pgcdc.takeover.rounds";

    private static final int ROUNDS = Integer.getInteger(PROPERTY, 0);

    @Test
    void a_standby_takes_over_within_seconds_of_a_stop(TestDatabase database) throws Exception {
        measure(database, "stop", RouteUnderTest::close);
    }

    @Test
    void a_standby_takes_over_within_seconds_of_an_abrupt_end(TestDatabase database) throws Exception {
        measure(database, "abrupt end", RouteUnderTest::kill);
    }

    private interface End {
        void of(RouteUnderTest route) throws Exception;
    }

    private static void measure(TestDatabase database, String kind, End end) throws Exception {
        database.execute("CREATE TABLE t (id bigint PRIMARY KEY)", "CREATE PUBLICATION mypub FOR TABLE t");
        List<Long> millis = new ArrayList<>();
        AtomicLong arrived = new AtomicLong();
        RouteUnderTest active = start(database, arrived);
        active.awaitReady();
        for (int round = 1; round <= ROUNDS; round++) {
            RouteUnderTest standby = start(database, arrived);
            Awaitility.await().until(() -> standby.consumer().status().state() == State.STANDBY);
            // Until its looks are as far apart as they get, and then some, so that each moment between two is as likely.
            LockSupport.parkNanos(Duration.ofMillis(4_000 + ThreadLocalRandom.current().nextInt(2_000)).toNanos());
            arrived.set(0);
            long begun = System.nanoTime();
            end.of(active);
            database.execute("INSERT INTO t VALUES (" + round + ")");
            Awaitility.await().pollInterval(Duration.ofMillis(5))
                    .until(() -> arrived.get() != 0);
            millis.add((arrived.get() - begun) / 1_000_000);
            active = standby;
        }
        active.close();
        Collections.sort(millis);
        System.out.printf("takeover after %s: median %d ms, from %d to %d ms, %d round(s)%n", kind,
                millis.get(millis.size() / 2), millis.get(0), millis.get(millis.size() - 1), millis.size());
        assertThat(millis).allSatisfy(time -> assertThat(time).isLessThan(15_000));
    }

    private static RouteUnderTest start(TestDatabase database, AtomicLong arrived) throws Exception {
        return RouteUnderTest.start(database, "", exchange -> arrived.compareAndSet(0, System.nanoTime()));
    }
}

package io.pgcdc.routes.bigquery;

import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;

import com.sun.management.OperatingSystemMXBean;
import io.pgcdc.model.ChangeBatch;
import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Column;
import io.pgcdc.model.Operation;
import io.pgcdc.model.ReplicaIdentity;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableSchema;
import io.pgcdc.model.Transaction;
import io.pgcdc.routes.bigquery.fake.FakeBigQuery;

/**
 * How many rows a second the sink writes to the fake, which parses every row and applies it by its key, in the same
 * JVM: batches as the component makes them, as many at once as it hands out. docs/bigquery.md says how to run it.
 */
final class BigQueryBenchmark {

    private static final int ROWS = Integer.getInteger("rows", 400_000);
    private static final int ROUNDS = Integer.getInteger("rounds", 7);
    private static final int WARM_UPS = 3;
    private static final int BATCH = 1000;
    /** What maxInFlight allows of batches of the default size. */
    private static final int BATCHES_AT_ONCE = 10;
    private static final int KEYS = 100_000;
    private static final OperatingSystemMXBean PROCESS
            = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private static final TableSchema ORDERS = new TableSchema(
            new TableId("public", "orders"), 16385, ReplicaIdentity.DEFAULT, List.of(
                    column(1, "id", 20, "bigint"), column(2, "quantity", 23, "integer"), column(3, "item", 25, "text"),
                    new Column("price", 1700, "numeric(12,2)", (12 << 16 | 2) + 4, true, false, 4, null),
                    column(5, "placed", 1184, "timestamp with time zone"), column(6, "local", 1114, "timestamp"),
                    column(7, "code", 2950, "uuid"), column(8, "details", 3802, "jsonb"), column(9, "paid", 16, "boolean"),
                    column(10, "weight", 701, "double precision"), column(11, "note", 25, "text")));

    private BigQueryBenchmark() {
    }

    private static Column column(int number, String name, long type, String typeName) {
        return new Column(name, type, typeName, -1, number != 1, number == 1, number, null);
    }

    public static void main(String[] arguments) throws Exception {
        List<ChangeBatch> batches = batches();
        try (FakeBigQuery fake = new FakeBigQuery(); SinkUnderTest sink = new SinkUnderTest(fake, "")) {
            sink.beginWith(batches.get(0)).get();
            fake.table("orders_1").keepsLog(false);
            double[] rates = new double[ROUNDS];
            double[] cpus = new double[ROUNDS];
            for (int round = -WARM_UPS; round < ROUNDS; round++) {
                long before = PROCESS.getProcessCpuTime();
                double rate = ROWS / seconds(sink, batches);
                double cpu = (PROCESS.getProcessCpuTime() - before) / 1e3 / ROWS;
                System.out.printf("%s %,.0f rows/s, %.1f µs of CPU a row%n", round < 0 ? "warm-up" : "round " + (round + 1),
                        rate, cpu);
                if (round >= 0) {
                    rates[round] = rate;
                    cpus[round] = cpu;
                }
            }
            Arrays.sort(rates);
            Arrays.sort(cpus);
            if (fake.rows("orders").size() != Math.min(KEYS, ROWS)) {
                throw new IllegalStateException("Rows are missing");
            }
            System.out.printf(
                    "medians of %d rounds of %,d rows of 11 columns: %,.0f rows/s (%,.0f to %,.0f), %.1f µs of CPU a row, of"
                              + " sink, client and fake together%n",
                    ROUNDS, ROWS, rates[ROUNDS / 2], rates[0], rates[ROUNDS - 1], cpus[ROUNDS / 2]);
        }
    }

    private static double seconds(SinkUnderTest sink, List<ChangeBatch> batches) throws Exception {
        Semaphore mayBegin = new Semaphore(BATCHES_AT_ONCE);
        CountDownLatch open = new CountDownLatch(batches.size());
        AtomicReference<Exception> failure = new AtomicReference<>();
        long start = System.nanoTime();
        for (ChangeBatch batch : batches) {
            mayBegin.acquire();
            sink.beginWith(batch).thenAccept(exchange -> {
                failure.compareAndSet(null, exchange.getException());
                mayBegin.release();
                open.countDown();
            });
        }
        open.await();
        if (failure.get() != null) {
            throw failure.get();
        }
        return (System.nanoTime() - start) / 1e9;
    }

    private static List<ChangeBatch> batches() {
        List<ChangeBatch> batches = new ArrayList<>();
        for (int first = 0; first < ROWS; first += BATCH) {
            List<ChangeEvent> events = new ArrayList<>(BATCH);
            Transaction transaction = new Transaction(700, 0x1000 + first, 0x1000 + first, Instant.EPOCH);
            for (int i = first; i < Math.min(first + BATCH, ROWS); i++) {
                events.add(ChangeEvent.row(
                        Operation.UPDATE, ORDERS, values(i), null, transaction, transaction.commitLsn(), i - first, 300));
            }
            batches.add(new ChangeBatch(events));
        }
        return batches;
    }

    private static Object[] values(int i) {
        return new Object[] {
                (long) (i % KEYS), i % 9, "article " + i % 77, new BigDecimal(i).movePointLeft(2),
                String.format("2026-11-%02dT10:%02d:00.%06dZ", 1 + i % 28, i % 60, i % 1_000_000),
                String.format("2026-11-%02dT11:%02d:00.%06d", 1 + i % 28, i % 60, i % 1_000_000),
                new UUID(i, ~i).toString(), "{\"gift\": " + (i % 2 == 0) + ", \"parts\": [" + i + ", 2.5]}", i % 3 == 0,
                i / 8.0,
                i % 5 == 0 ? null : "a note about the order of number " + i };
    }
}

package io.pgcdc.benchmarks;

import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import org.HdrHistogram.ConcurrentHistogram;

/** Measures one run, from its first row to its last. Rows may be counted from any thread. */
public final class Meter {

    private static final OperatingSystemMXBean PROCESS
            = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final long HEAP_MILLIS = 200;
    private static final long ALLOCATION_MILLIS = 50;
    /** The first copy of 10,000 tables takes some. */
    private static final long PATIENCE_MINUTES = 10;

    private final long expected;
    private final long created = System.nanoTime();
    private final AtomicLong rows = new AtomicLong();
    private final CountDownLatch over = new CountDownLatch(1);
    private final ConcurrentHistogram latencies = new ConcurrentHistogram(TimeUnit.MINUTES.toNanos(10), 3);
    private final Map<Long, Long> allocatedBy = new HashMap<>();
    private volatile long begun;
    private long cpuAtBegin;
    private long allocatedAtBegin;
    private volatile Sample sample;
    private volatile Exception failure;
    private volatile long liveHeap = -1;

    public Meter(Task task) {
        this.expected = task.expected();
        if (task.heap()) {
            // Beside a contender that counts on the thread that will wait, too.
            Thread looking = new Thread(this::lookAtHeapUntilOver, "heap");
            looking.setDaemon(true);
            looking.start();
        }
    }

    /** Some rows have come. */
    public void count(long more) {
        if (begun == 0) {
            begin();
        }
        long now = rows.addAndGet(more);
        if (now >= expected && now - more < expected) {
            end();
        }
    }

    /** A change has come so long after its commit. */
    public void latency(long nanos) {
        latencies.recordValue(Math.max(1, nanos));
    }

    /** Nothing more will come. */
    public void fail(Exception cause) {
        failure = cause;
        over.countDown();
    }

    /** Waits for the last row. */
    public Sample await() throws Exception {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(PATIENCE_MINUTES);
        while (!over.await(ALLOCATION_MILLIS, TimeUnit.MILLISECONDS)) {
            // Of threads that end before the run does.
            allocated();
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("only " + rows + " of " + expected + " rows came");
            }
        }
        if (failure != null) {
            throw failure;
        }
        return sample;
    }

    private synchronized void begin() {
        if (begun == 0) {
            cpuAtBegin = PROCESS.getProcessCpuTime();
            allocatedAtBegin = allocated();
            // Each call tells what has been since the one before.
            PROCESS.getCpuLoad();
            begun = System.nanoTime();
        }
    }

    private void end() {
        long now = System.nanoTime();
        boolean timed = latencies.getTotalCount() > 0;
        sample = new Sample(
                expected, (now - begun) / 1e9, (PROCESS.getProcessCpuTime() - cpuAtBegin) / 1e9,
                allocated() - allocatedAtBegin, liveHeap, (begun - created) / 1e9, PROCESS.getCpuLoad(),
                timed ? latencies.getValueAtPercentile(50) / 1e6 : -1,
                timed ? latencies.getValueAtPercentile(99) / 1e6 : -1, timed ? latencies.getMaxValue() / 1e6 : -1);
        over.countDown();
    }

    private void lookAtHeapUntilOver() {
        try {
            while (!over.await(HEAP_MILLIS, TimeUnit.MILLISECONDS)) {
                System.gc();
                if (begun != 0) {
                    liveHeap = Math.max(liveHeap, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
                }
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private synchronized long allocated() {
        long[] threads = THREADS.getAllThreadIds();
        long[] bytes = THREADS.getThreadAllocatedBytes(threads);
        for (int i = 0; i < threads.length; i++) {
            allocatedBy.merge(threads[i], bytes[i], Math::max);
        }
        return allocatedBy.values().stream().mapToLong(Long::longValue).sum();
    }
}

package io.pgcdc.routes.page;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

import org.apache.camel.CamelContext;
import org.apache.camel.support.service.ServiceSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the pipelines every two seconds, whether somebody has the page open or not, so that the last minutes are
 * there when it is opened. What it keeps is bounded: 150 samples of seven numbers for each pipeline. Safe for all
 * threads.
 */
final class StatusHistory extends ServiceSupport {

    private static final Logger LOG = LoggerFactory.getLogger(StatusHistory.class);

    private static final Duration INTERVAL = Duration.ofSeconds(2);
    /** Five minutes. */
    private static final int CAPACITY = 150;

    private final CamelContext camel;
    private final Pipelines pipelines;
    private final Lock lock = new ReentrantLock();
    private final Map<PipelineKey, Samples> samples = new HashMap<>();
    private ScheduledExecutorService executor;

    StatusHistory(CamelContext camel, Pipelines pipelines) {
        this.camel = camel;
        this.pipelines = pipelines;
    }

    @Override
    protected void doStart() {
        executor = camel.getExecutorServiceManager().newSingleThreadScheduledExecutor(this, "PgCdcPage");
        executor.scheduleWithFixedDelay(this::look, 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    protected void doStop() {
        camel.getExecutorServiceManager().shutdownNow(executor);
        executor = null;
    }

    private void look() {
        try {
            add(System.currentTimeMillis(), pipelines.status());
        } catch (RuntimeException | Error e) {
            // the next look is in two seconds
            LOG.warn("The page could not look at the pipelines: {}", e.getMessage(), e);
        }
    }

    /** Takes in what was the status at this moment; moments only go forward. */
    void add(long millis, Map<String, Object> status) {
        lock.lock();
        try {
            Set<PipelineKey> present = new HashSet<>();
            for (Map<String, Object> pipeline : pipelinesOf(status)) {
                PipelineKey key = PipelineKey.of(pipeline);
                present.add(key);
                Samples own = samples.computeIfAbsent(key, missing -> new Samples(CAPACITY));
                if (millis > own.newest()) {
                    own.add(millis, pipeline);
                }
            }
            samples.keySet().retainAll(present);
        } finally {
            lock.unlock();
        }
    }

    /** The status of now, each pipeline with its {@code history} after this moment. */
    Map<String, Object> status(long sinceMillis) {
        Map<String, Object> status = pipelines.status();
        lock.lock();
        try {
            for (Map<String, Object> pipeline : pipelinesOf(status)) {
                Samples own = samples.get(PipelineKey.of(pipeline));
                if (own != null) {
                    pipeline.put("history", own.since(sinceMillis));
                }
            }
        } finally {
            lock.unlock();
        }
        return status;
    }

    @SuppressWarnings("unchecked")
    private static Collection<Map<String, Object>> pipelinesOf(Map<String, Object> status) {
        return (Collection<Map<String, Object>>) status.get("pipelines");
    }
}

package io.pgcdc.routes.bigquery;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

import com.google.api.core.ApiFutureCallback;
import com.google.api.core.ApiFutures;
import com.google.cloud.bigquery.storage.v1.AppendRowsResponse;
import com.google.cloud.bigquery.storage.v1.ProtoRows;
import io.pgcdc.model.ChangeEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends requests, any number at once, and sends again what failed for a reason that goes away by itself: with growing
 * delays, and for a limited time. In which order they arrive does not matter, for rows have sequence numbers.
 */
final class Appender {

    private static final Logger LOG = LoggerFactory.getLogger(Appender.class);

    private static final long FIRST_DELAY_MILLIS = 100;
    private static final long LONGEST_DELAY_MILLIS = 10_000;
    private static final int DOUBLINGS = 7;

    private final ScheduledExecutorService executor;
    private final long retryNanos;

    /**
     * @param executor    where requests end, and are sent again
     * @param retryMillis how long a request is sent again at most
     */
    Appender(ScheduledExecutorService executor, long retryMillis) {
        this.executor = executor;
        this.retryNanos = TimeUnit.MILLISECONDS.toNanos(retryMillis);
    }

    /**
     * Sends a request.
     *
     * @param events     the event of each row
     * @param completion is told when the request has ended
     */
    void append(AppendTarget target, ProtoRows rows, List<ChangeEvent> events, ExchangeCompletion completion) {
        completion.begin();
        new Request(target, rows, events, completion).send();
    }

    private final class Request implements ApiFutureCallback<AppendRowsResponse> {

        private final AppendTarget target;
        private final ProtoRows rows;
        private final List<ChangeEvent> events;
        private final ExchangeCompletion completion;
        private final long start = System.nanoTime();
        private int tries;

        Request(AppendTarget target, ProtoRows rows, List<ChangeEvent> events, ExchangeCompletion completion) {
            this.target = target;
            this.rows = rows;
            this.events = events;
            this.completion = completion;
        }

        void send() {
            tries++;
            try {
                ApiFutures.addCallback(target.stream().append(rows), this, executor);
            } catch (IOException | RuntimeException e) {
                onFailure(e);
            }
        }

        @Override
        public void onSuccess(AppendRowsResponse response) {
            completion.done();
        }

        @Override
        public void onFailure(Throwable failure) {
            if (target.isSuperseded()) {
                completion.done();
                return;
            }
            if (AppendFailures.isTransient(failure) && System.nanoTime() - start < retryNanos && sendLater()) {
                return;
            }
            if (!AppendFailures.isOfRows(failure)) {
                target.refused();
            }
            completion.failed(AppendFailures.toSay(failure, target.table(), events, tries));
        }

        /** False if this is stopping. */
        private boolean sendLater() {
            long delay = Math.min(LONGEST_DELAY_MILLIS, FIRST_DELAY_MILLIS << Math.min(tries - 1, DOUBLINGS));
            long jittered = delay / 2 + ThreadLocalRandom.current().nextLong(delay / 2 + 1);
            try {
                executor.schedule(this::send, jittered, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                return false;
            }
            LOG.debug("A request of {} rows for {} is sent again in {} ms", events.size(), target.table(), jittered);
            return true;
        }
    }
}

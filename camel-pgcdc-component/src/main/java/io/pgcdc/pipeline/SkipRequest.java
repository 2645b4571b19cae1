package io.pgcdc.pipeline;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.PgCdcException;

/**
 * The wish to go on from a later position. Whoever takes it first decides: the run that begins does it, or the caller,
 * who has waited long enough, gives it up. Thread-safe.
 */
final class SkipRequest {

    private final Lsn target;
    private final Lsn confirmed;
    private final AtomicBoolean taken = new AtomicBoolean();
    private final CompletableFuture<Skipped> result = new CompletableFuture<>();

    /** @param confirmed the position that must be the stored one, or {@code null} for any */
    SkipRequest(Lsn target, Lsn confirmed) {
        this.target = target;
        this.confirmed = confirmed;
    }

    Lsn target() {
        return target;
    }

    /** The position that must be the stored one, or {@code null} for any. */
    Lsn confirmed() {
        return confirmed;
    }

    /** Whether it is the caller's of this to do, or to give up; at most one gets it. */
    boolean take() {
        return taken.compareAndSet(false, true);
    }

    boolean isTaken() {
        return taken.get();
    }

    void done(Skipped skipped) {
        result.complete(skipped);
    }

    /** It is not done, and will not be. */
    void refused(PgCdcException why) {
        result.completeExceptionally(why);
    }

    /** The run that took it is over. Without effect if it was done or refused. */
    void over(Throwable failure) {
        result.completeExceptionally(
                new PgCdcException(
                        ErrorCode.SERVER_NOT_READY,
                        "The pipeline was stopped, or failed, while it was to skip to " + target
                                                    + (failure == null ? "" : ": " + failure.getMessage()),
                        "The position that is confirmed (operation=status) says whether it was done; if not, try again",
                        failure));
    }

    /** Waits until it is done or refused, or gives it up after a while. */
    Skipped await(Duration longest) {
        try {
            try {
                return result.get(longest.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                if (take()) {
                    throw new PgCdcException(
                            ErrorCode.SERVER_NOT_READY,
                            "The pipeline did not come to skip to " + target + " within " + longest.toSeconds()
                                                        + " s; nothing is skipped",
                            "Look at its health: it waits for exchanges under way to end, or can't reach the server. Then try "
                                                                                    + "again",
                            e);
                }
                return result.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PgCdcException(
                    ErrorCode.INTERNAL, "Interrupted while the pipeline was to skip to " + target,
                    "Its log says whether it was done", e);
        } catch (ExecutionException e) {
            throw (PgCdcException) e.getCause();
        }
    }
}

package io.pgcdc.pipeline;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.pgcdc.model.Lsn;
import io.pgcdc.model.Operation;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableId;
import io.pgcdc.postgres.ServerFigures;

/**
 * How a pipeline fares, at one moment. Whoever asks gets what is known in this process: the server is asked by the
 * pipeline itself, every two seconds while it runs. Never has a row's value in it.
 *
 * @param state                what it does
 * @param since                since when
 * @param paused               whether it was told to read no more, whatever else it does
 * @param database             the database that it reads, {@code null} before it is known
 * @param slot                 its apply slot, {@code null} before it is known
 * @param received             up to where the apply worker has read
 * @param confirmed            up to where everything is complete, stored and told to the server
 * @param lag                  see {@link #lag()}
 * @param server               what the server said last, {@code null} before it was asked; not younger than it says
 * @param inFlight             changes handed over and not complete
 * @param oldestUnacknowledged how long ago the oldest change of a stream was read that was handed over and is not
 *                             complete; {@link Duration#ZERO} if there is none. Rows of a copy, which have no order, do
 *                             not count
 * @param counters             what has happened since the pipeline was created
 * @param tables               its tables, by name; while it starts again, those known before
 * @param failure              what it fails or has failed with, {@code null} if it has not since it runs
 * @param lastFailure          the last one there was, which it may have got over since; {@code null} if there was none
 * @param deadThreads          threads that are gone without a word, which nobody has replaced yet
 */
public record PipelineStatus(State state, Instant since, boolean paused, String database, String slot, Lsn received,
        Lsn confirmed, Duration lag, ServerFigures server, int inFlight, Duration oldestUnacknowledged,
        Counters counters, List<Table> tables, Failure failure, Failure lastFailure, List<String> deadThreads) {

    /** A pipeline that was never started. */
    public static PipelineStatus stopped() {
        return new PipelineStatus(
                State.STOPPED, Instant.EPOCH, false, null, null, Lsn.ZERO, Lsn.ZERO, null, null, 0, Duration.ZERO,
                new PipelineCounters().read(), List.of(), null, null, List.of());
    }

    /**
     * How old the oldest commit is that was not complete at the destination a moment ago, by the server's clock:
     * <ul>
     * <li>if some that was read is not complete, since it was committed. In steps of a tenth of a second, and rather
     * too long than too short;
     * <li>else, if the server has log that was not read yet, since the stream was at its end, or since the last commit
     * that was read, whichever is later. That log may have no change of a published table;
     * <li>else zero: the stream was at the end of the server's log when that was asked last.
     * </ul>
     * Copies that run, and what they have to catch up with, do not count. {@code null} while nothing is known: in a
     * standby, a pipeline that is stopped or only copies, and after a start until the first commit was read.
     */
    @Override
    public Duration lag() {
        return lag;
    }

    /**
     * How many bytes of the server's log lie behind {@link #confirmed()}, those of other databases and unpublished
     * tables included; -1 if it is not known.
     */
    public long lagBytes() {
        return server == null || confirmed.equals(Lsn.ZERO) ? -1 : Math.max(0, server.position().value() - confirmed.value());
    }

    /** What it fails or has failed with, {@code null} if it has not since it runs. */
    public PgCdcException error() {
        return failure == null ? null : failure.error();
    }

    /** Changes and rows left out since the pipeline was created (failurePolicy skip). */
    public long skipped() {
        return counters.skipped();
    }

    /** What a pipeline does. */
    public enum State {
        STOPPED,
        STARTING,
        /** Another instance reads from the slot; this one takes over when that goes. */
        STANDBY,
        RUNNING,
        /** It would run, but was told to read no more; it stays connected. */
        PAUSED,
        /** It waits to try again after an error. */
        RETRYING,
        /** Everything that was asked for is done (initialOnly). */
        COMPLETED,
        /** It has given up; a start tries again. */
        FAILED
    }

    /** What a user sees of a table. */
    public enum TableStage {
        INIT,
        COPY,
        STREAMING,
        ERROR
    }

    /**
     * A failure of the pipeline itself, not of the route.
     *
     * @param at when it was told first
     */
    public record Failure(PgCdcException error, Instant at) {
    }

    /**
     * What has happened since the pipeline was created, over all its runs. A change that is delivered twice counts
     * twice.
     *
     * @param changes    rows and changes whose exchange has completed
     * @param bytes      of these, as they came from the server
     * @param batches    what was handed to the route at once, and again: the exchanges
     * @param completed  exchanges that have completed
     * @param failed     exchanges that have ended with a failure
     * @param skipped    changes and rows that were left out for good (failurePolicy skip)
     * @param retries    how often failed changes were to be delivered again
     * @param restarts   how often the pipeline began again after a failure
     * @param reconnects how often of these it was because the server was not to be reached
     * @param decodeTime what decoding took, in all threads, estimated from some of the messages
     */
    public record Counters(Map<Operation, Long> changes, long bytes, long batches, long completed, long failed,
            long skipped, long retries, long restarts, long reconnects, Duration decodeTime) {
    }

    /**
     * One table.
     *
     * @param copy   how its copy by this process fares or has fared, {@code null} if there was none
     * @param reason why it is in Error, without any row value; else {@code null}
     * @param remedy what brings it back, if it is in Error
     */
    public record Table(TableId table, TableStage stage, Copy copy, String reason, String remedy) {

        /** Why it is in Error and what brings it back; else {@code null}. */
        public String error() {
            return reason == null ? null : reason + ". " + remedy;
        }
    }

    /**
     * The copy of one table.
     *
     * @param rows           rows read, in steps of about a thousand
     * @param bytes          of these, as they came from the server
     * @param estimatedRows  how many the planner thought the table has, -1 if it was never told
     * @param estimatedBytes what the table takes on the server's disk, without indexes
     * @param progress       from 0 to 1, which means that all rows are complete at the destination. By blocks of the
     *                       table if it is copied in ranges, else by the estimates
     * @param eta            how long it may still take at the pace so far, {@code null} if there is nothing to tell
     */
    public record Copy(long rows, long bytes, long estimatedRows, long estimatedBytes, double progress, Duration eta) {
    }
}

package io.pgcdc.routes.jdbc;

import java.util.List;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.Operation;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.Position;

/**
 * What is to be done of a segment, given what is done already, and what is done then. docs/jdbc.md has the reasons.
 *
 * @param clears whether the table is emptied first
 * @param todo   the changes that are to be applied, in order
 * @param after  what is stored with them
 */
record Admission(boolean clears, List<ChangeEvent> todo, Progress after) {

    /**
     * @param segment changes of one table and of one kind, see {@link Segments}
     * @param arrival what is known of the changes of the table before them
     * @param mode    a changelog takes what is void as well
     */
    static Admission of(Progress progress, List<ChangeEvent> segment, Arrival arrival, WriteMode mode) {
        if (arrival != Arrival.UNKNOWN || mode == WriteMode.changelog) {
            return of(progress, segment, arrival == Arrival.IN_ORDER);
        }
        List<ChangeEvent> valid = segment.stream().filter(change -> !progress.isVoid(change)).toList();
        return valid.isEmpty() ? new Admission(false, valid, progress) : of(progress, valid, false);
    }

    private static Admission of(Progress progress, List<ChangeEvent> segment, boolean isInOrder) {
        ChangeEvent first = segment.get(0);
        if (Segments.isOfCopy(first)) {
            return ofCopy(progress, segment);
        }
        if (first.operation() == Operation.SCHEMA) {
            boolean done = progress.position() != null && first.position().compareTo(progress.position()) < 0;
            return new Admission(false, done ? List.of() : segment, progress);
        }
        List<ChangeEvent> todo = segment.stream().filter(change -> !progress.isDone(change.position())).toList();
        return new Admission(
                first.operation() == Operation.TRUNCATE && !todo.isEmpty(), todo, after(progress, todo, isInOrder));
    }

    private static Progress after(Progress progress, List<ChangeEvent> todo, boolean isInOrder) {
        if (todo.isEmpty()) {
            return progress;
        }
        Position last = todo.get(todo.size() - 1).position();
        if (isInOrder) {
            return progress.at(last);
        }
        Progress after = progress.withEarly(last);
        return todo.get(0).operation() == Operation.TRUNCATE ? after.beginningAt(last) : after;
    }

    /** Whether the destination stays as it is, and what is stored of it. */
    boolean isNothing() {
        return todo.isEmpty() && !clears;
    }

    private static Admission ofCopy(Progress progress, List<ChangeEvent> segment) {
        ChangeEvent first = segment.get(0);
        long copyLsn = first.transaction().commitLsn();
        boolean same = progress.copyLsn() != null && progress.copyLsn() == copyLsn;
        if (first.operation() == Operation.TRUNCATE) {
            if (same && progress.copied().contains(first.ordinal())) {
                return new Admission(false, List.of(), progress);
            }
            return new Admission(true, segment, with(copyLsn, CopiedRows.none(), segment));
        }
        if (!same && progress.copyLsn() != null && Lsn.compare(copyLsn, progress.copyLsn()) < 0) {
            throw new PgCdcException(
                    ErrorCode.DESTINATION,
                    "Rows of the copy of table " + first.table() + " at LSN " + Lsn.toString(copyLsn)
                                           + " come after a later copy of it, at LSN " + Lsn.toString(progress.copyLsn()),
                    "Have the table copied again: resyncTable");
        }
        if (first.operation() != Operation.READ) {
            return same
                    ? new Admission(false, List.of(), progress)
                    : new Admission(!progress.isNone(), segment, new Progress(copyLsn, CopiedRows.none(), null, null, null));
        }
        if (!same) {
            // Nobody said truncate, for the pipeline has forgotten that it had delivered the table before.
            return new Admission(!progress.isNone(), segment, with(copyLsn, CopiedRows.none(), segment));
        }
        List<ChangeEvent> todo = segment.stream().filter(row -> !progress.copied().contains(row.ordinal())).toList();
        return new Admission(false, todo, todo.isEmpty() ? progress : with(copyLsn, progress.copied(), todo));
    }

    /** A copy has no position in the stream: whatever follows it is new. */
    private static Progress with(long copyLsn, CopiedRows before, List<ChangeEvent> more) {
        CopiedRows copied = before.copy();
        more.forEach(row -> copied.add(row.ordinal()));
        return new Progress(copyLsn, copied, null, null, null);
    }
}

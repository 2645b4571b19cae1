package io.pgcdc.routes.jdbc;

import java.util.Objects;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.Operation;
import io.pgcdc.model.Position;

/**
 * What of one table is done. It is stored in the transaction that does it.
 *
 * <p>
 * INVARIANT: every change of the table at or before {@code position} is in the destination, or was given up by the
 * pipeline; so is every row of the copy at {@code copyLsn} whose number is among {@code copied}.
 *
 * @param copyLsn  the position of the copy that the table was begun with, {@code null} if none was seen
 * @param copied   which rows of that copy are done; must not be changed
 * @param position of the last change of the stream, {@code null} if none was seen since the copy
 * @param early    of a table without a copy the position up to which changes were written before earlier ones, or
 *                 {@code null}: what comes again before it may find rows as later changes have left them
 * @param begins   of the last truncate that was done out of order, {@code null} if none was: what was written before it
 *                 may come after it, and is void
 */
record Progress(Long copyLsn, CopiedRows copied, Position position, Position early, Position begins) {

    static final Progress NONE = new Progress(null, CopiedRows.none(), null, null, null);

    Progress {
        Objects.requireNonNull(copied, "copied");
    }

    boolean isNone() {
        return copyLsn == null && position == null;
    }

    boolean isDone(Position change) {
        return position != null && change.compareTo(position) <= 0;
    }

    /**
     * Whether a change that comes in no known order is one of before the last truncate, or of before the copy that the
     * table was begun with. Whoever had reached what came after that had met with it first.
     */
    boolean isVoid(ChangeEvent change) {
        Position at = change.position();
        if (copyLsn != null && Lsn.compare(at.commitLsn(), copyLsn) < 0) {
            return true;
        }
        boolean isTruncate = change.operation() == Operation.TRUNCATE;
        // The truncate of a new copy is no part of the stream; the position of the copy says which is the later one.
        return begins != null && !(isTruncate && Segments.isOfCopy(change))
                && at.compareTo(begins) < (isTruncate ? 1 : 0);
    }

    /** The same for a copy that is over, of which nothing comes again. */
    Progress withoutCopied() {
        return new Progress(copyLsn, CopiedRows.none(), position, early, begins);
    }

    /** The same after a change before which everything is done. */
    Progress at(Position change) {
        return new Progress(copyLsn, copied, change, early, begins);
    }

    /** The same after a change before which something may come again. */
    Progress withEarly(Position change) {
        return copyLsn != null || early != null && change.compareTo(early) <= 0
                ? this : new Progress(null, copied, position, change, begins);
    }

    /** The same after a truncate before which something may come later. */
    Progress beginningAt(Position truncate) {
        return new Progress(copyLsn, copied, position, early, truncate);
    }

    /** The text that is stored of a position, {@code null} of none. */
    static String text(Position position) {
        return position == null ? null : position.eventId();
    }

    static Position position(String text) {
        return text == null
                ? null
                : new Position(
                        Long.parseUnsignedLong(text, 0, 16, 16), Long.parseUnsignedLong(text, 17, text.length(), 16));
    }
}

package io.pgcdc.model;

/**
 * Where a change stands in the order of all changes: the position of its transaction's commit record, and its index in
 * the transaction. Row positions in the log are neither unique nor in commit order; never compare by them.
 *
 * @param commitLsn the position of the commit record; for rows of the copy the snapshot's
 * @param ordinal   the change's index in its transaction, counting row changes and truncated tables only, so that a
 *                  replay gives the same number; for rows of the copy a running number within the copy of their table
 */
public record Position(long commitLsn, long ordinal) implements Comparable<Position> {

    @Override
    public int compareTo(Position other) {
        int byCommit = Lsn.compare(commitLsn, other.commitLsn);
        return byCommit != 0 ? byCommit : Long.compare(ordinal, other.ordinal);
    }

    /** Sixteen hexadecimal digits of each part with a slash between them: sorts as text. */
    public String eventId() {
        char[] id = new char[33];
        hexadecimal(commitLsn, id, 0);
        id[16] = '/';
        hexadecimal(ordinal, id, 17);
        return new String(id);
    }

    private static void hexadecimal(long value, char[] target, int at) {
        for (int i = 0; i < 16; i++) {
            target[at + i] = "0123456789ABCDEF".charAt((int) (value >>> 60 - 4 * i) & 0xF);
        }
    }

    @Override
    public String toString() {
        return Lsn.toString(commitLsn) + '#' + ordinal;
    }
}

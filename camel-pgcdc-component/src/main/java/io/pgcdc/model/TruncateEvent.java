package io.pgcdc.model;

/** Tells that a table was emptied, by a command that may have named others, too; each has an event of its own. */
public final class TruncateEvent extends ChangeEvent {

    private static final Object[] NO_VALUES = {};
    private static final int BYTES = 64;

    private final boolean cascade;
    private final boolean restartIdentity;

    /**
     * @param cascade         whether it was with CASCADE; the tables that it reached have events of their own
     * @param restartIdentity whether it was with RESTART IDENTITY
     */
    public TruncateEvent(TableSchema table, boolean cascade, boolean restartIdentity, Transaction transaction, long lsn,
                         long ordinal) {
        super(Operation.TRUNCATE, table.withoutColumns(), table, NO_VALUES, null, transaction, lsn, ordinal, BYTES);
        this.cascade = cascade;
        this.restartIdentity = restartIdentity;
    }

    public boolean cascade() {
        return cascade;
    }

    public boolean restartIdentity() {
        return restartIdentity;
    }
}

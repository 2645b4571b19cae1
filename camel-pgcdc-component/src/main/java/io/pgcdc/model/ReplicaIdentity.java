package io.pgcdc.model;

/**
 * What PostgreSQL writes to its log of the old row of an update or delete (PostgreSQL documentation, {@code ALTER TABLE
 * … REPLICA IDENTITY}).
 */
public enum ReplicaIdentity {
    /** The primary key, where there is one. */
    DEFAULT('d'),
    /** Nothing. */
    NOTHING('n'),
    /** The whole old row. */
    FULL('f'),
    /** The columns of one unique index. */
    INDEX('i');

    private final char code;

    ReplicaIdentity(char code) {
        this.code = code;
    }

    /** The letter in {@code pg_class.relreplident} and in the relation message. */
    public char code() {
        return code;
    }

    /**
     * The identity of a letter.
     *
     * @throws IllegalArgumentException for a letter that PostgreSQL does not use
     */
    public static ReplicaIdentity of(char code) {
        return switch (code) {
            case 'd' -> DEFAULT;
            case 'n' -> NOTHING;
            case 'f' -> FULL;
            case 'i' -> INDEX;
            default -> throw new IllegalArgumentException("unknown replica identity (code " + (int) code + ")");
        };
    }
}

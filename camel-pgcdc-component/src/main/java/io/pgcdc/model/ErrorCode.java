package io.pgcdc.model;

/** The kinds of failure, so that they can be counted and acted on. */
public enum ErrorCode {
    /** An option is missing, contradicts another or has a value that it can't have. */
    CONFIGURATION(false),
    /** The server can't be reached, or the connection broke. */
    CONNECTION(true),
    /** The server is there but not ready: starting or stopping. */
    SERVER_NOT_READY(true),
    /** The server, the database or the user has no connection left. */
    OUT_OF_CONNECTIONS(true),
    /** User, password or {@code pg_hba.conf} refuse the connection. */
    AUTHENTICATION(false),
    /** The user lacks a privilege. */
    PRIVILEGE(false),
    /** {@code wal_level} is not {@code logical}. */
    WAL_LEVEL(false),
    /** The publication does not exist or publishes no table. */
    PUBLICATION(false),
    /** No replication slot or WAL sender is free. */
    OUT_OF_SLOTS(true),
    /** Another connection reads from the slot. */
    SLOT_ACTIVE(true),
    /** The slot is missing, invalidated, re-created or ahead of what was acknowledged. */
    SLOT_LOST(false),
    /** The server fails to decode its own log for the slot. */
    SLOT_UNREADABLE(true),
    /** The stored position belongs to another server. */
    OTHER_SERVER(false),
    /** Bytes from the server are not what the protocol says. */
    PROTOCOL(false),
    /** A value can't be decoded. */
    DECODE(false),
    /** A copy that was interrupted can't be brought up to date by a replay; it is begun anew. */
    COPY_OUTDATED(true),
    /** The state store can't be read or written. */
    STATE(true),
    /** The destination refused something, or failed more often than allowed. */
    DESTINATION(false),
    /** Somebody holds a lock that is in the way. */
    LOCKED(true),
    /** Values are to come in binary, and the server has no such form of one. */
    NO_BINARY_FORM(true),
    /** SQL that the server refused for another reason. */
    SQL(true),
    /** A defect of ours. */
    INTERNAL(true);

    private final boolean transientFailure;

    ErrorCode(boolean transientFailure) {
        this.transientFailure = transientFailure;
    }

    /** Whether the server could not be reached or would not talk to us, whatever was asked. */
    public boolean concernsConnection() {
        return this == CONNECTION || this == SERVER_NOT_READY || this == OUT_OF_CONNECTIONS;
    }

    /** Whether trying again may help without anybody's doing. */
    public boolean isTransient() {
        return transientFailure;
    }
}

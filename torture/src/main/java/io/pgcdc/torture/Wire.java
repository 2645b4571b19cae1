package io.pgcdc.torture;

/** The first byte of what goes over the socket between {@link RouteProcess} and {@link Sink}. */
final class Wire {

    // To the sink.
    /** Which instance it is (int). */
    static final byte HELLO = 1;
    /** An exchange: its number (long), how many events (int), the events. */
    static final byte EXCHANGE = 2;
    /** How it fares, see {@link Report}. */
    static final byte REPORT = 3;
    /** A run of the pipeline fails: the error's code and message (text). */
    static final byte RUN_FAILED = 4;
    /** No run delivers anything; told again and again until the next one begins. */
    static final byte BETWEEN_RUNS = 5;
    /** The thread that reached a failpoint is about to die of an error. */
    static final byte DYING = 6;

    // To the route.
    /** An exchange's number (long), whether it is complete (boolean). */
    static final byte ANSWER = 11;
    static final byte SUSPEND = 12;
    static final byte RESUME = 13;
    /** Stop in order and exit. */
    static final byte STOP = 14;
    /** The next thread that reaches this failpoint (text) dies of an error. */
    static final byte DIE_AT = 15;

    private Wire() {
    }
}

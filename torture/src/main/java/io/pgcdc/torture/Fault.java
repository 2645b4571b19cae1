package io.pgcdc.torture;

/** What the nemesis does. */
enum Fault {
    JVM_KILLED("JVM killed at random"),
    JVM_KILLED_AT_FAILPOINT("JVM killed at a failpoint"),
    THREAD_DIED("thread died of an error"),
    WALSENDER_KILLED("walsender killed"),
    SERVER_KILLED("server killed"),
    SERVER_RESTARTED("server restarted"),
    NETWORK_CUT("TCP cut"),
    NETWORK_BLACK_HOLE("TCP black hole"),
    NETWORK_SLOW("TCP slowed"),
    EXCHANGE_REFUSED("exchange failed"),
    ROUTE_SLOW("route slower than wal_sender_timeout"),
    ROUTE_SUSPENDED("suspend and resume"),
    ROUTE_STOPPED("stop in order"),
    SECOND_INSTANCE("second instance takes over"),
    SLOT_STOLEN("slot held by another client");

    private final String words;

    Fault(String words) {
        this.words = words;
    }

    String words() {
        return words;
    }

    boolean killsJvm() {
        return switch (this) {
            case JVM_KILLED, JVM_KILLED_AT_FAILPOINT, SECOND_INSTANCE, SLOT_STOLEN -> true;
            default -> false;
        };
    }

    boolean isNetwork() {
        return this == NETWORK_CUT || this == NETWORK_BLACK_HOLE || this == NETWORK_SLOW;
    }
}

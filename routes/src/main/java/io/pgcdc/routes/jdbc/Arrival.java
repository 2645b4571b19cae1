package io.pgcdc.routes.jdbc;

/** What is known of the changes of the same table that come before those of an exchange. */
enum Arrival {
    /** Each of them has ended. */
    IN_ORDER,
    /** One may be under way still, or has failed. Then the exchange comes again, in order. */
    EARLY,
    /** Nothing: the route has removed the header, or put several tables together. */
    UNKNOWN;

    /** @param header what {@code CamelPgCdcInOrder} says, {@code null} if it is missing */
    static Arrival of(Boolean header) {
        return header == null ? UNKNOWN : header ? IN_ORDER : EARLY;
    }
}

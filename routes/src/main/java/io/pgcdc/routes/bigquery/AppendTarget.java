package io.pgcdc.routes.bigquery;

/** Where a request goes. Thread-safe. */
interface AppendTarget {

    WriteStream stream();

    /** The name of the table. */
    String table();

    /** Whether the rows that go there have become void, so that it does not matter if they fail. */
    boolean isSuperseded();

    /** A request was refused as a whole, or failed for too long: the table may not be what it was. */
    void refused();
}

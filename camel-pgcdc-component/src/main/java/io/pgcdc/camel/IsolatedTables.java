package io.pgcdc.camel;

/**
 * How tables that {@link FailurePolicy#isolateTable} has put into Error come back: they are copied again, and followed
 * from there. The constants are spelled as users write them in a URI.
 */
public enum IsolatedTables {
    /** When they are resynchronised by hand. */
    manual,
    /** And whenever the route is started. */
    onStart,
    /** And by themselves, with the delay of retries. */
    afterDelay
}

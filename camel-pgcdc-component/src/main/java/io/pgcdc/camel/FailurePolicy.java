package io.pgcdc.camel;

/**
 * What happens to a change whose exchange ends failed, after the route's own error handler has had its say. The
 * constants are spelled as users write them in a URI.
 */
public enum FailurePolicy {
    /** Deliver it again with backoff, in order. */
    retry,
    /** Put its table into error and go on with the others. */
    isolateTable,
    /** Count it, log it and go on. */
    skip
}

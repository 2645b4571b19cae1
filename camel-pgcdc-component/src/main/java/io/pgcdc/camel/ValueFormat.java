package io.pgcdc.camel;

/**
 * The Java types in which column values reach the route. The constants are spelled as users write them in a URI.
 */
public enum ValueFormat {
    /** Only types that every data format and sink understands: text, numbers, booleans, lists and maps. */
    portable,
    /** The types that the PostgreSQL driver's getObject gives: java.time, UUID, byte[]. */
    java
}

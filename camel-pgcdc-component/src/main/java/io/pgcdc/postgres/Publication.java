package io.pgcdc.postgres;

/**
 * A publication, but for its tables.
 *
 * @param oid        its number in the catalogue: another one is another publication of the same name; 0 if there is
 *                   none
 * @param operations the operations that it publishes, as the option {@code publish} of {@code CREATE PUBLICATION} lists
 *                   them
 * @param parameters the other parameters of {@code CREATE PUBLICATION}, as that takes them
 * @param version    another one whenever something of it was altered, also if it was set back since
 */
public record Publication(long oid, String operations, String parameters, String version) {

    static final Publication NONE = new Publication(0, "", "", "");
    private static final String ALL = "insert, update, delete, truncate";

    /** Whether every kind of change is published. */
    public boolean isComplete() {
        return operations.equals(ALL);
    }
}

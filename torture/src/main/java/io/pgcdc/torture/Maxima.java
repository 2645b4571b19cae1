package io.pgcdc.torture;

/**
 * The most that was seen of what has to stay within bounds.
 *
 * @param heap        of a route's JVM, in bytes
 * @param threads     of a route's JVM
 * @param connections of the component to the server
 * @param keptLog     by its slots, in bytes
 */
record Maxima(long heap, int threads, int connections, long keptLog) {

    static final Maxima NONE = new Maxima(0, 0, 0, 0);

    Maxima with(Maxima other) {
        return new Maxima(
                Math.max(heap, other.heap), Math.max(threads, other.threads), Math.max(connections, other.connections),
                Math.max(keptLog, other.keptLog));
    }
}

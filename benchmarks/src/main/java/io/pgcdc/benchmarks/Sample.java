package io.pgcdc.benchmarks;

/**
 * What a run took, from its first row to its last.
 *
 * @param cpuSeconds     of the contender's whole JVM, or -1
 * @param allocatedBytes of all its threads, or -1
 * @param liveHeapBytes  the most that a collection left, or -1 if it was not looked at
 * @param startSeconds   from the start to the first row
 * @param machineLoad    how much of all processors was used meanwhile, by whomever, from 0 to 1, or -1
 * @param p50Millis      from commit to hand-over, where that was looked at, or -1; so the other two
 */
public record Sample(long rows, double seconds, double cpuSeconds, long allocatedBytes, long liveHeapBytes,
        double startSeconds, double machineLoad, double p50Millis, double p99Millis, double maxMillis) {

    /** The same run from its start on; CPU and allocation before the first row are not known. */
    Sample whole() {
        return new Sample(
                rows, seconds + Math.max(0, startSeconds), -1, -1, liveHeapBytes, startSeconds, -1, p50Millis, p99Millis,
                maxMillis);
    }

    double rowsPerSecond() {
        return rows / seconds;
    }

    double cpuSecondsPerMillion() {
        return cpuSeconds * 1e6 / rows;
    }

    double allocatedBytesPerRow() {
        return (double) allocatedBytes / rows;
    }
}

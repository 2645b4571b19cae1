package io.pgcdc.benchmarks;

/**
 * One run of a contender.
 *
 * @param name     new for each run: of the pipeline
 * @param slot     of a stream: a slot of its own that stands at the begin of the backlog; {@code null} for a copy
 * @param expected how many rows or changes come; the run ends with the last
 * @param snapshot of a copy: the endpoint's snapshotMode
 * @param heap     whether to look at the live heap, at the cost of everything else
 */
public record Task(String url, String user, String password, String publication, String table, String name, String slot,
        String snapshot, long expected, boolean heap) {

    boolean isCopy() {
        return slot == null;
    }
}

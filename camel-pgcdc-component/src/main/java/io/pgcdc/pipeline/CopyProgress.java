package io.pgcdc.pipeline;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import io.pgcdc.postgres.PublishedTable;
import io.pgcdc.postgres.TableCopy.BlockRange;

/**
 * How far the copy of one table is. Written by those who read it, some thousand rows at a time. Thread-safe.
 */
final class CopyProgress {

    /** Until every row is complete at the destination. */
    private static final double ALMOST = 0.999;
    /** Before so much is done, nothing is said of how long the rest takes. */
    private static final double LEAST_DONE = 0.001;

    private final long estimatedRows;
    private final long estimatedBytes;
    /** 0 if it is read in one piece. */
    private final long blocks;
    private final long blocksAtBegin;
    private final long begunAt = System.nanoTime();
    private final AtomicLong rows = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong blocksRead;
    private final AtomicLong rowsOfRanges = new AtomicLong();

    /** @param ranges what is to be read; of those that are only looked through for what is new all is there already */
    CopyProgress(PublishedTable table, List<BlockRange> ranges) {
        this.estimatedRows = table.estimatedRows();
        this.estimatedBytes = table.bytes();
        this.blocks = ranges.contains(BlockRange.ALL) ? 0 : table.blocks();
        this.blocksAtBegin = blocks == 0
                ? 0 : ranges.stream().filter(CopyProgress::isRead).mapToLong(this::blocks).sum();
        this.blocksRead = new AtomicLong(blocksAtBegin);
    }

    private static boolean isRead(BlockRange range) {
        return range.horizon() >= 0;
    }

    private long blocks(BlockRange range) {
        long to = range.toBlock() < 0 ? Math.max(blocks, range.fromBlock()) : range.toBlock();
        return to - range.fromBlock();
    }

    void read(long moreRows, long moreBytes) {
        rows.addAndGet(moreRows);
        bytes.addAndGet(moreBytes);
    }

    /** All of a range was read. */
    void rangeRead(BlockRange range, long rowsOfRange) {
        if (blocks > 0 && !isRead(range)) {
            blocksRead.addAndGet(blocks(range));
            rowsOfRanges.addAndGet(rowsOfRange);
        }
    }

    long rows() {
        return rows.get();
    }

    /** @param complete whether all rows are complete at the destination */
    PipelineStatus.Copy status(boolean complete) {
        double progress = complete ? 1 : Math.min(ALMOST, Math.max(0, progress()));
        return new PipelineStatus.Copy(
                rows.get(), bytes.get(), estimatedRows, estimatedBytes, progress, complete ? null : eta(progress));
    }

    private double progress() {
        if (blocks > 0) {
            long read = blocksRead.get();
            long ofRanges = rowsOfRanges.get();
            double rowsPerBlock = ofRanges > 0
                    ? (double) ofRanges / (read - blocksAtBegin) : (double) estimatedRows / blocks;
            double partly = rowsPerBlock > 0 ? Math.min((rows.get() - ofRanges) / rowsPerBlock, blocks - read) : 0;
            return (read + Math.max(0, partly)) / blocks;
        }
        if (estimatedRows > 0) {
            return (double) rows.get() / estimatedRows;
        }
        return estimatedBytes > 0 ? (double) bytes.get() / estimatedBytes : 0;
    }

    private Duration eta(double progress) {
        double done = progress - (blocks > 0 ? (double) blocksAtBegin / blocks : 0);
        if (done < LEAST_DONE) {
            return null;
        }
        return Duration.ofNanos((long) ((System.nanoTime() - begunAt) / done * (1 - progress)));
    }
}

package io.pgcdc.pipeline;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import io.pgcdc.model.Column;
import io.pgcdc.model.TableId;
import io.pgcdc.postgres.PublishedTable;
import io.pgcdc.postgres.TableCopy;
import io.pgcdc.postgres.TableCopy.BlockRange;
import io.pgcdc.state.CopiedRange;
import io.pgcdc.state.StateStore;

/**
 * What is to be read of one table: all of it in ranges; or after a crash the ranges that were not complete, and of the
 * others what is new since. docs/copy.md says why that is enough.
 */
final class CopyRanges {

    private static final long BLOCK_BYTES = 8_192;

    private final String pipeline;
    private final StateStore states;
    private final TableId table;
    private final String source;
    private final long horizon;
    private final List<BlockRange> todo;

    private CopyRanges(String pipeline, StateStore states, TableId table, String source, long horizon,
                       List<BlockRange> todo) {
        this.pipeline = pipeline;
        this.states = states;
        this.table = table;
        this.source = source;
        this.horizon = horizon;
        this.todo = todo;
    }

    /**
     * @param name   under which the table is stored; it may have got another one since
     * @param goesOn whether the table is under copy since before this attempt, under the same slot
     * @param copy   a connection with the snapshot of this attempt
     */
    static CopyRanges of(
            PipelineSettings settings, StateStore states, TableId name, PublishedTable table, boolean goesOn,
            TableCopy copy) {
        long rangeBlocks = Math.max(1, settings.copyRangeBytes() / BLOCK_BYTES);
        if (!table.hasBlocks() || table.blocks() < 2 * rangeBlocks) {
            return new CopyRanges(settings.name(), states, name, null, 0, List.of(BlockRange.ALL));
        }
        // The lock first: from then on the file stays.
        String source = source(table, copy.lockFileNode(table));
        List<CopiedRange> complete = goesOn
                ? states.copiedRanges(settings.name(), name).stream()
                        .filter(range -> range.source().equals(source))
                        .toList()
                : List.of();
        return new CopyRanges(
                settings.name(), states, name, source, copy.horizon(),
                complete.isEmpty() ? divide(table.blocks(), rangeBlocks) : remaining(complete, table, rangeBlocks));
    }

    /**
     * Blocks mean nothing in another file, and a copied row is not what it was with other columns or another filter.
     */
    private static String source(PublishedTable table, long fileNode) {
        StringBuilder text = new StringBuilder().append(fileNode);
        for (Column column : table.schema().columns()) {
            text.append(' ').append(column.typeOid()).append(' ').append(TableId.quote(column.name()));
        }
        return text.append(" WHERE ").append(table.rowFilter()).toString();
    }

    private static List<BlockRange> divide(long blocks, long rangeBlocks) {
        List<BlockRange> ranges = new ArrayList<>();
        long from = 0;
        for (; from + 2 * rangeBlocks <= blocks; from += rangeBlocks) {
            ranges.add(BlockRange.of(from, from + rangeBlocks));
        }
        // The last one is open: the heap may have grown since it was measured.
        ranges.add(BlockRange.of(from, -1));
        return ranges;
    }

    private static List<BlockRange> remaining(List<CopiedRange> complete, PublishedTable table, long rangeBlocks) {
        List<CopiedRange> sorted = new ArrayList<>(complete);
        sorted.sort(Comparator.comparingLong(CopiedRange::fromBlock));
        List<BlockRange> ranges = new ArrayList<>();
        long from = 0;
        boolean open = true;
        for (CopiedRange range : sorted) {
            gap(ranges, from, range.fromBlock(), rangeBlocks);
            ranges.add(BlockRange.of(range.fromBlock(), range.toBlock()).since(range.horizon()));
            from = range.toBlock();
            open = from >= 0;
        }
        if (open) {
            gap(ranges, from, Math.max(from, table.blocks() - rangeBlocks), rangeBlocks);
            BlockRange last = ranges.isEmpty() ? null : ranges.get(ranges.size() - 1);
            ranges.add(BlockRange.of(last == null ? from : last.toBlock(), -1));
        }
        return ranges;
    }

    private static void gap(List<BlockRange> ranges, long from, long to, long rangeBlocks) {
        for (long start = from; start < to; start += rangeBlocks) {
            ranges.add(BlockRange.of(start, Math.min(to, start + rangeBlocks)));
        }
    }

    List<BlockRange> todo() {
        return todo;
    }

    /** Whether a table of several ranges goes on after a crash. */
    boolean areKept() {
        return source != null;
    }

    /** Every row of the range is complete at the destination. */
    void complete(BlockRange range) {
        FailPoint.RANGE_ACKNOWLEDGED.reached();
        if (areKept()) {
            states.saveCopiedRange(
                    pipeline, new CopiedRange(table, source, range.fromBlock(), range.toBlock(), horizon));
        }
    }
}

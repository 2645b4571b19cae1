package io.pgcdc.routes.jdbc;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.LongStream;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Column;
import io.pgcdc.model.Operation;
import io.pgcdc.model.ReplicaIdentity;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableSchema;
import io.pgcdc.model.Transaction;
import io.pgcdc.model.TruncateEvent;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is admitted of everything that a pipeline may hand over, by seed: batches that fail before their commit or after
 * it, crashes, other batches after them, copies in ranges side by side that break off and go on, tables that are copied
 * anew. The destination here is a map and a list that are written together with the progress.
 */
class EffectivelyOnceTest {

    private static final TableSchema SHAPE = new TableSchema(
            new TableId("public", "t"), 7, ReplicaIdentity.DEFAULT,
            List.of(new Column("id", 23, "integer", -1, false, true), new Column("v", 23, "integer", -1, true, false)));
    private static final int SCHEDULES = 400;

    private enum Outcome {
        COMMITTED,
        FAILED,
        COMMITTED_BUT_FAILED
    }

    @Test
    void each_change_of_a_synchronous_route_is_applied_once_and_in_order() {
        forEachSeed(schedule -> {
            schedule.copy(100, false);
            schedule.stream(100, false);
            assertThat(schedule.appended).as(schedule.toString()).containsExactlyElementsOf(schedule.expected);
        });
    }

    @Test
    void no_change_of_an_asynchronous_route_is_left_out() {
        forEachSeed(schedule -> {
            schedule.copy(100, false);
            schedule.stream(100, true);
            assertThat(schedule.rows).as(schedule.toString()).isEqualTo(schedule.source);
            assertThat(new HashSet<>(schedule.appended)).as(schedule.toString()).isEqualTo(new HashSet<>(schedule.expected));
        });
    }

    @Test
    void rows_of_a_copy_that_goes_on_are_brought_up_to_date() {
        forEachSeed(schedule -> {
            schedule.copy(100, true);
            schedule.stream(100, false);
            assertThat(schedule.rows).as(schedule.toString()).isEqualTo(schedule.source);
            assertThat(schedule.appended).as(schedule.toString()).doesNotHaveDuplicates();
        });
    }

    @Test
    void a_table_that_is_copied_anew_has_nothing_of_before() {
        forEachSeed(schedule -> {
            schedule.copy(5_000, false);
            schedule.stream(5_000, false);
            schedule.source.clear();
            if (schedule.random.nextBoolean()) {
                // A truncate says so, and may lie before: the server was restored.
                long lsn = schedule.random.nextBoolean() ? 100 : 9_000;
                schedule.truncate(lsn, 0);
                schedule.copy(lsn, false);
                schedule.stream(lsn, false);
            } else {
                // Nobody says so, for the pipeline's state is gone.
                schedule.fill(1);
                schedule.copy(9_000, false);
                schedule.stream(9_000, false);
            }
            assertThat(schedule.rows).as(schedule.toString()).isEqualTo(schedule.source);
        });
    }

    @Test
    void partitions_that_are_read_at_different_speeds_make_the_table_that_the_source_has() {
        forEachSeed(schedule -> {
            schedule.partitions();
            assertThat(schedule.rows).as(schedule.toString()).isEqualTo(schedule.source);
        });
    }

    @Test
    void no_change_is_taken_for_one_of_a_lost_row_if_the_table_was_empty_at_first() {
        forEachSeed(schedule -> {
            schedule.source.clear();
            schedule.stream(100, schedule.seed % 2 == 0);
            assertThat(schedule.rows).as(schedule.toString()).isEqualTo(schedule.source);
            assertThat(schedule.lost).as(schedule.toString()).isZero();
            // Lost, and the state with it.
            schedule.rows.clear();
            schedule.progress = Progress.NONE;
            schedule.stream(5_000, false);
            assertThat(schedule.lost).as(schedule.toString()).isPositive();
        });
    }

    @Test
    void the_numbers_of_copied_rows_are_kept_in_intervals() {
        CopiedRows rows = CopiedRows.none();
        for (long number : new long[] { 5, 7, 6, 1, 2, 1 << 20, 4, 3, 3 }) {
            rows.add(number);
        }
        assertThat(rows).hasToString("1-7 1048576-1048576");
        CopiedRows read = CopiedRows.parse(rows.toString());
        assertThat(read.contains(7)).isTrue();
        assertThat(read.contains(8)).isFalse();
        assertThat(read.contains(1 << 20)).isTrue();
        assertThat(read.last()).isEqualTo(1 << 20);
        assertThat(CopiedRows.parse("").last()).isEqualTo(-1);
    }

    private static void forEachSeed(Consumer<Schedule> test) {
        LongStream.rangeClosed(1, SCHEDULES).mapToObj(Schedule::new).forEach(test);
    }

    /** A source, a pipeline with everything that may go wrong in it, and a destination. */
    private static final class Schedule {
        private final long seed;
        private final Random random;
        private final Map<Integer, Integer> source = new LinkedHashMap<>();
        private final List<String> expected = new ArrayList<>();
        private final Map<Integer, Integer> rows = new HashMap<>();
        private final List<String> appended = new ArrayList<>();
        private Progress progress = Progress.NONE;
        private long lastCommit;
        private int lost;

        private Schedule(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
            fill(40);
        }

        private void fill(int count) {
            for (int i = 0; i < count; i++) {
                source.put(random.nextInt(60), random.nextInt());
            }
        }

        /** Two connections take chunks of numbers and ranges of rows; a batch that fails comes again, others go on. */
        private void copy(long lsn, boolean breaksOff) {
            List<Map.Entry<Integer, Integer>> snapshot = new ArrayList<>(source.entrySet());
            List<List<Map.Entry<Integer, Integer>>> ranges = new ArrayList<>();
            for (int i = 0; i < snapshot.size(); i += 8) {
                ranges.add(snapshot.subList(i, Math.min(i + 8, snapshot.size())));
            }
            long number = 2;
            if (breaksOff) {
                number = copyRanges(lsn, ranges.subList(0, ranges.size() / 2), number, true);
                // What is not complete is read again with another snapshot, under other numbers.
                source.replaceAll((id, value) -> random.nextInt(4) == 0 ? random.nextInt() : value);
                number = 1L << 41;
                ranges = List.of(new ArrayList<>(source.entrySet()));
            }
            copyRanges(lsn, ranges, number, false);
            lastCommit = lsn + 1;
        }

        private long copyRanges(long lsn, List<List<Map.Entry<Integer, Integer>>> ranges, long first, boolean breaksOff) {
            long number = first;
            List<List<ChangeEvent>> batches = new ArrayList<>();
            for (var range : ranges) {
                List<ChangeEvent> batch = new ArrayList<>();
                for (var row : range) {
                    batch.add(
                            change(Operation.READ, row.getKey(), row.getValue(), Transaction.ofSnapshot(lsn), number++));
                }
                batches.add(batch);
                number += random.nextInt(3);
                if (!breaksOff) {
                    batch.forEach(row -> expected.add(row.eventId()));
                }
            }
            while (!batches.isEmpty()) {
                List<ChangeEvent> batch = batches.get(random.nextInt(Math.min(2, batches.size())));
                if (write(batch, false)) {
                    batches.remove(batch);
                }
                if (breaksOff && random.nextInt(6) == 0) {
                    break;
                }
            }
            // Rows have no order; the list has the order in which they came.
            expected.sort(null);
            List<String> sorted = new ArrayList<>(appended);
            Collections.sort(sorted);
            appended.clear();
            appended.addAll(sorted);
            return number;
        }

        private void truncate(long lsn, long number) {
            TruncateEvent truncate = new TruncateEvent(SHAPE, false, false, Transaction.ofSnapshot(lsn), lsn, number);
            while (!write(List.of(truncate), false)) {
                // again
            }
        }

        private void stream(long from, boolean asynchronous) {
            List<ChangeEvent> changes = changes();
            changes.forEach(change -> expected.add(change.eventId()));
            int confirmed = 0;
            while (confirmed < changes.size()) {
                confirmed = asynchronous ? window(changes, confirmed) : batch(changes, confirmed);
                if (random.nextInt(8) == 0) {
                    // A crash: what was confirmed may lag behind.
                    confirmed = Math.max(0, confirmed - random.nextInt(12));
                }
            }
        }

        private List<ChangeEvent> changes() {
            List<ChangeEvent> changes = new ArrayList<>();
            long commit = lastCommit;
            while (changes.size() < 60) {
                commit += 1 + random.nextInt(50);
                Transaction transaction = new Transaction(9, commit, commit, null);
                int size = 1 + random.nextInt(random.nextInt(10) == 0 ? 20 : 3);
                long ordinal = 0;
                for (int i = 0; i < size; i++) {
                    ordinal += random.nextInt(3); // those between are of other tables
                    int id = random.nextInt(60);
                    if (!source.containsKey(id)) {
                        source.put(id, random.nextInt());
                        changes.add(change(Operation.INSERT, id, source.get(id), transaction, ordinal++));
                    } else if (random.nextInt(4) == 0) {
                        source.remove(id);
                        changes.add(change(Operation.DELETE, id, null, transaction, ordinal++));
                    } else {
                        source.put(id, random.nextInt());
                        changes.add(change(Operation.UPDATE, id, source.get(id), transaction, ordinal++));
                    }
                }
            }
            lastCommit = commit;
            return changes;
        }

        /** Returns from where on it goes on. */
        private int batch(List<ChangeEvent> changes, int from) {
            int to = Math.min(changes.size(), from + 1 + random.nextInt(9));
            return write(changes.subList(from, to), true) ? to : from;
        }

        /** Some batches are handed over before the first is answered; after a failure all from there on come again. */
        private int window(List<ChangeEvent> changes, int confirmed) {
            int firstFailure = -1;
            int from = confirmed;
            for (int i = 0; i < 4 && from < changes.size(); i++) {
                int to = Math.min(changes.size(), from + 1 + random.nextInt(5));
                boolean lost = random.nextInt(6) == 0; // fails in a step before the sink
                boolean done = !lost && write(changes.subList(from, to), i == 0);
                firstFailure = done || firstFailure >= 0 ? firstFailure : from;
                from = to;
            }
            return firstFailure >= 0 ? firstFailure : from;
        }

        /**
         * As behind Kafka: rows by their key, what is about the table in all of them, in its place among the rows
         * there.
         */
        private void partitions() {
            List<List<ChangeEvent>> partitions = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                partitions.add(new ArrayList<>());
            }
            spread(partitions, copied(100));
            for (int i = 0; i < 6; i++) {
                spread(partitions, changes());
                if (random.nextInt(3) == 0) {
                    source.clear();
                    lastCommit += 5;
                    Transaction transaction = new Transaction(9, lastCommit, lastCommit, null);
                    spread(partitions, List.of(new TruncateEvent(SHAPE, false, false, transaction, lastCommit, 1)));
                } else if (random.nextInt(3) == 0) {
                    long lsn = lastCommit + 5;
                    spread(partitions, List.of(new TruncateEvent(SHAPE, false, false, Transaction.ofSnapshot(lsn), lsn, 0)));
                    spread(partitions, copied(lsn));
                }
            }
            int[] read = new int[partitions.size()];
            while (read(partitions, read)) {
                if (random.nextInt(8) == 0) {
                    // Another member goes on where the group has committed.
                    int partition = random.nextInt(read.length);
                    read[partition] = Math.max(0, read[partition] - random.nextInt(12));
                }
            }
        }

        private List<ChangeEvent> copied(long lsn) {
            List<ChangeEvent> copied = new ArrayList<>();
            source.forEach((id, value) -> copied.add(
                    change(Operation.READ, id, value, Transaction.ofSnapshot(lsn), copied.size() + 2)));
            lastCommit = lsn + 1;
            return copied;
        }

        private static void spread(List<List<ChangeEvent>> partitions, List<ChangeEvent> changes) {
            for (ChangeEvent change : changes) {
                if (change.operation().isRow()) {
                    partitions.get((Integer) change.get("id") % partitions.size()).add(change);
                } else {
                    partitions.forEach(partition -> partition.add(change));
                }
            }
        }

        /** What one poll of one or two partitions brings; false if there is nothing any more. */
        private boolean read(List<List<ChangeEvent>> partitions, int[] read) {
            List<ChangeEvent> poll = new ArrayList<>();
            int[] after = read.clone();
            for (int i = random.nextInt(2); i >= 0; i--) {
                // One is ahead of the others for a while.
                int partition = random.nextInt(5) > 0 ? (int) (seed % partitions.size()) : random.nextInt(partitions.size());
                List<ChangeEvent> records = partitions.get(partition);
                int to = Math.min(records.size(), after[partition] + 1 + random.nextInt(30));
                poll.addAll(records.subList(after[partition], to));
                after[partition] = to;
            }
            if (poll.isEmpty() || write(Segments.byTable(poll).get(SHAPE.table()), Arrival.UNKNOWN)) {
                System.arraycopy(after, 0, read, 0, read.length);
            }
            for (int i = 0; i < read.length; i++) {
                if (read[i] < partitions.get(i).size()) {
                    return true;
                }
            }
            return false;
        }

        private boolean write(List<ChangeEvent> batch, boolean isInOrder) {
            return write(batch, isInOrder ? Arrival.IN_ORDER : Arrival.EARLY);
        }

        private boolean write(List<ChangeEvent> batch, Arrival arrival) {
            Outcome outcome = random.nextInt(4) > 0 ? Outcome.COMMITTED : Outcome.values()[random.nextInt(3)];
            if (outcome == Outcome.FAILED) {
                return false;
            }
            for (List<ChangeEvent> segment : Segments.of(batch)) {
                Admission admission = Admission.of(progress, segment, arrival, WriteMode.currentState);
                if (admission.clears()) {
                    rows.clear();
                    appended.clear();
                    expected.clear();
                }
                if (arrival == Arrival.IN_ORDER && !Segments.isOfCopy(segment.get(0))) {
                    ExistingRows.of(progress, admission.todo()).stream()
                            .filter(key -> !rows.containsKey((Integer) key.get(0))).forEach(key -> lost++);
                }
                admission.todo().forEach(this::apply);
                progress = new Progress(
                        admission.after().copyLsn(), CopiedRows.parse(admission.after().copied().toString()),
                        Progress.position(Progress.text(admission.after().position())), admission.after().early(),
                        admission.after().begins());
            }
            return outcome == Outcome.COMMITTED;
        }

        private void apply(ChangeEvent change) {
            switch (change.operation()) {
                case TRUNCATE -> {
                }
                case DELETE -> {
                    rows.remove(change.get("id"));
                    appended.add(change.eventId());
                }
                default -> {
                    rows.put((Integer) change.get("id"), (Integer) change.get("v"));
                    appended.add(change.eventId());
                }
            }
        }

        private static ChangeEvent change(Operation operation, int id, Integer value, Transaction transaction, long ordinal) {
            return ChangeEvent.row(
                    operation, SHAPE, new Object[] { id, value }, null, transaction, transaction.commitLsn(), ordinal, 10);
        }

        @Override
        public String toString() {
            return "seed " + seed;
        }
    }
}

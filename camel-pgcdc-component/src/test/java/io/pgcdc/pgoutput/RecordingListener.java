package io.pgcdc.pgoutput;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.UnaryOperator;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableSchema;
import io.pgcdc.model.Transaction;

/** Keeps everything it is told, and accepts what it is set to. */
final class RecordingListener implements ChangeListener {

    /** What came, in order, in a word each. */
    final List<String> story = new ArrayList<>();
    final List<Transaction> begun = new ArrayList<>();
    final List<TableSchema> announced = new ArrayList<>();
    final List<ChangeEvent> changes = new ArrayList<>();
    final List<ChangeEvent> messages = new ArrayList<>();
    final List<Transaction> committed = new ArrayList<>();

    /** Table name and commit position to whether the change is wanted. */
    BiPredicate<String, Long> wanted = (table, commitLsn) -> true;
    /** What the subscription makes of the announced schema. */
    UnaryOperator<TableSchema> enrichment = announced -> announced;
    boolean withoutSubscription;

    ChangeEvent lastChange() {
        return changes.get(changes.size() - 1);
    }

    @Override
    public void begin(Transaction transaction) {
        story.add("begin");
        begun.add(transaction);
    }

    @Override
    public Subscription relation(TableSchema schema, Transaction transaction, long lsn) {
        story.add("relation " + schema.table() + " at " + Lsn.toString(lsn));
        announced.add(schema);
        return withoutSubscription ? null : new Subscription() {
            private final TableSchema enriched = enrichment.apply(schema);

            @Override
            public TableSchema schema() {
                return enriched;
            }

            @Override
            public boolean accepts(long commitLsn) {
                return wanted.test(schema.table().name(), commitLsn);
            }
        };
    }

    @Override
    public void change(ChangeEvent event) {
        story.add(event.operation().text() + " " + event.table());
        changes.add(event);
    }

    @Override
    public void undecodable(ChangeEvent event, PgCdcException cause) {
        story.add(event.operation().text() + " " + event.table() + " can't be read");
        throw cause;
    }

    @Override
    public void message(ChangeEvent message, boolean transactional) {
        story.add(transactional ? "message" : "message by itself");
        messages.add(message);
    }

    @Override
    public void commit(Transaction transaction, long endLsn, long changes) {
        story.add("commit up to " + Lsn.toString(endLsn));
        committed.add(transaction);
    }
}

package io.pgcdc.routes.bigquery;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Column;
import io.pgcdc.model.Operation;
import io.pgcdc.model.ReplicaIdentity;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableRow;
import io.pgcdc.model.TableSchema;
import io.pgcdc.model.Transaction;
import io.pgcdc.model.TruncateEvent;

/** Changes of a table of orders as the component delivers them, without a PostgreSQL. */
final class Orders {

    static final TableSchema SCHEMA = new TableSchema(
            new TableId("public", "orders"), 4711, ReplicaIdentity.DEFAULT, List.of(
                    new Column("id", 20, "bigint", -1, false, true, 1, null),
                    new Column("item", 25, "text", -1, true, false, 2, null),
                    new Column("price", 1700, "numeric(10,2)", (10 << 16 | 2) + 4, true, false, 3, null)));

    /** The same table after its column item got another name. */
    static final TableSchema RENAMED = new TableSchema(
            SCHEMA.table(), 4711, ReplicaIdentity.DEFAULT, List.of(
                    SCHEMA.columns().get(0), new Column("article", 25, "text", -1, true, false, 2, null),
                    SCHEMA.columns().get(2)));

    /** The same table under another name. */
    static final TableSchema PURCHASES
            = new TableSchema(new TableId("public", "purchases"), 4711, ReplicaIdentity.DEFAULT, SCHEMA.columns());

    /** Another table of the same name. */
    static final TableSchema RECREATED
            = new TableSchema(SCHEMA.table(), 4712, ReplicaIdentity.DEFAULT, SCHEMA.columns());

    private Orders() {
    }

    /** A row of the copy. */
    static ChangeEvent read(long number, long id, String item) {
        return event(Operation.READ, Transaction.ofSnapshot(0xFF), number, row(id, item), null);
    }

    static ChangeEvent insert(long commit, long id, String item) {
        return event(Operation.INSERT, transaction(commit), 0, row(id, item), null);
    }

    static ChangeEvent insert(TableSchema schema, long commit, long id, String item) {
        return ChangeEvent.row(
                Operation.INSERT, schema, row(id, item), null, transaction(commit), commit, 0, 100);
    }

    static ChangeEvent update(long commit, long id, String item) {
        return event(Operation.UPDATE, transaction(commit), 0, row(id, item), null);
    }

    static ChangeEvent rekey(long commit, long oldId, long id, String item) {
        return event(Operation.UPDATE, transaction(commit), 0, row(id, item), key(oldId));
    }

    static ChangeEvent delete(long commit, long id) {
        return ChangeEvent.row(
                Operation.DELETE, SCHEMA, new Object[] { id, TableRow.ABSENT, TableRow.ABSENT }, null, transaction(commit),
                commit, 0, 10);
    }

    static ChangeEvent truncate(long commit) {
        return truncate(SCHEMA, commit);
    }

    static ChangeEvent truncate(TableSchema schema, long commit) {
        return new TruncateEvent(schema, false, false, transaction(commit), commit, 0);
    }

    /** As before a copy from the start. */
    static ChangeEvent reset(long snapshot) {
        return reset(SCHEMA, snapshot);
    }

    static ChangeEvent reset(TableSchema schema, long snapshot) {
        return new TruncateEvent(schema, false, false, Transaction.ofSnapshot(snapshot), snapshot, 0);
    }

    /** An update that left a large value as it was. */
    static ChangeEvent unchangedItem(long commit, long id) {
        return event(
                Operation.UPDATE, transaction(commit), 0, new Object[] { id, TableRow.ABSENT, BigDecimal.ONE }, null);
    }

    static ChangeEvent priced(long commit, long id, Object price) {
        return event(Operation.INSERT, transaction(commit), 0, new Object[] { id, "x", price }, null);
    }

    /** Inserts of the ids 1 to n, one transaction each. */
    static List<ChangeEvent> inserts(int n) {
        List<ChangeEvent> events = new ArrayList<>();
        for (int id = 1; id <= n; id++) {
            events.add(insert(0x1000 + id, id, "item " + id));
        }
        return events;
    }

    private static Object[] row(long id, String item) {
        return new Object[] { id, item, new BigDecimal("1.50") };
    }

    private static TableRow key(long id) {
        return new TableRow(SCHEMA, new Object[] { id, TableRow.ABSENT, TableRow.ABSENT });
    }

    private static ChangeEvent event(
            Operation operation, Transaction transaction, long ordinal, Object[] values, TableRow before) {
        return ChangeEvent.row(operation, SCHEMA, values, before, transaction, transaction.commitLsn(), ordinal, 100);
    }

    static Transaction transaction(long commit) {
        return new Transaction(700, commit, commit, Instant.parse("2026-11-23T10:00:00Z"));
    }
}

package io.pgcdc.pipeline;

import java.util.List;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Operation;
import io.pgcdc.model.ReplicaIdentity;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableSchema;
import io.pgcdc.model.Transaction;

/** The markers of a transaction's begin and end: events without a row. */
final class TransactionEvents {

    private static final TableSchema NO_PARTS
            = new TableSchema(new TableId("", ""), 0, ReplicaIdentity.NOTHING, List.of());
    private static final int BYTES = 64;

    private TransactionEvents() {
    }

    static ChangeEvent begin(Transaction transaction) {
        return marker(Operation.BEGIN, transaction, 0);
    }

    /** @param changes how many changes the transaction has; its end stands behind the last one */
    static ChangeEvent commit(Transaction transaction, long changes) {
        return marker(Operation.COMMIT, transaction, changes);
    }

    private static ChangeEvent marker(Operation operation, Transaction transaction, long ordinal) {
        return ChangeEvent.ofTransaction(
                operation, NO_PARTS, new Object[0], transaction, transaction.commitLsn(), ordinal, BYTES);
    }
}

package io.pgcdc.pgoutput;

import java.util.List;

import io.pgcdc.model.Column;
import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableSchema;
import io.pgcdc.types.Codecs;
import io.pgcdc.types.ColumnCodec;

/** What is kept of an announced relation: everything that reading its rows needs, found by one look-up per row. */
final class Relation {

    private final int oid;
    private final TableSchema announced;
    private final ColumnCodec[] codecs;
    private final ColumnCodec[] binaryCodecs;
    private final boolean[] keyColumns;
    private final Subscription subscription;
    private TableSchema checkedSchema;

    Relation(int oid, TableSchema announced, Codecs codecs, Subscription subscription) {
        this.oid = oid;
        this.announced = announced;
        List<Column> columns = announced.columns();
        this.codecs = ColumnCodecs.of(announced, codecs);
        this.binaryCodecs = ColumnCodecs.binary(announced, codecs);
        this.keyColumns = new boolean[columns.size()];
        for (int i = 0; i < columns.size(); i++) {
            // As announced, not as enriched: this says which columns of an old key the server fills.
            this.keyColumns[i] = columns.get(i).identity();
        }
        this.subscription = subscription;
    }

    /** The relation's OID, its 32 bits as they are. */
    int oid() {
        return oid;
    }

    int columnCount() {
        return codecs.length;
    }

    ColumnCodec codec(int column) {
        return codecs[column];
    }

    /** {@code null} if only text can be read. */
    ColumnCodec binaryCodec(int column) {
        return binaryCodecs[column];
    }

    boolean isKey(int column) {
        return keyColumns[column];
    }

    boolean accepts(long commitLsn) {
        return subscription.accepts(commitLsn);
    }

    /**
     * The schema that the subscription gives to rows. That it has the announced columns is checked once for each schema
     * object, since a mistake there would put values under other columns' names.
     */
    TableSchema schema() {
        TableSchema schema = subscription.schema();
        return schema == checkedSchema ? schema : check(schema);
    }

    private TableSchema check(TableSchema schema) {
        List<Column> expected = announced.columns();
        boolean same = schema != null && schema.columns().size() == expected.size();
        for (int i = 0; same && i < expected.size(); i++) {
            same = schema.columns().get(i).name().equals(expected.get(i).name());
        }
        if (!same) {
            throw new PgCdcException(
                    ErrorCode.INTERNAL, "The schema kept for table " + announced.table()
                                        + " has other columns than announced: " + schema + " for " + announced,
                    "Report this, it is a defect of pgcdc");
        }
        checkedSchema = schema;
        return schema;
    }
}

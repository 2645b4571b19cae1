package io.pgcdc.routes.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.Operation;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.Position;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableSchema;
import io.pgcdc.routes.jdbc.dialect.Dialect;
import io.pgcdc.routes.jdbc.dialect.TargetTable;

/**
 * Applies one segment in the transaction of a connection, with what is done then.
 *
 * @param known   the table as it was when it was last seen, or {@code null}
 * @param arrival what is known of the changes of the table before the segment
 */
record TableWrite(Sink sink, Connection connection, List<ChangeEvent> segment, Origin origin, Arrival arrival,
        SinkTable known) {

    /** The first row of a copy that goes on after it was broken off has at least this number (docs/architecture.md). */
    private static final long FIRST_OF_REPEATED_COPY = 1L << 40;

    /** Returns the table as it is then, {@code null} if nothing is known of it. */
    SinkTable run() throws SQLException {
        ChangeEvent first = segment.get(0);
        if (first.operation() == Operation.SCHEMA && Segments.isOfCopy(first)) {
            return known; // the rows that follow have the shape
        }
        SinkTable stored = find();
        if (stored != null) {
            requireOrigin(stored);
        }
        if (first.operation() == Operation.COPY_END && stored != null) {
            return ended(stored);
        }
        Admission admission
                = Admission.of(stored == null ? Progress.NONE : stored.progress(), segment, arrival, sink.mode());
        if (admission.isNothing()) {
            return stored;
        }
        Position at = admission.todo().get(0).position();
        SinkTable table = shaped(stored, at, admission.clears() && Segments.isOfCopy(first));
        if (admission.clears()) {
            clear(table, first);
        }
        Progress after = admission.after();
        if (!Segments.isOfCopy(first) && hasReadAgain(table)) {
            removeReadAgain(table);
            after = after.withoutCopied();
        }
        if (first.operation().isRow()) {
            if (isComplete(table)) {
                requireRows(table, admission.todo(), stored == null);
            }
            rows(table, at, admission.todo()).apply(connection, dialect());
        }
        return save(stored, table.with(after));
    }

    private SinkTable save(SinkTable before, SinkTable after) throws SQLException {
        sink.store().save(connection, before, after);
        return after;
    }

    /** All rows of the copy are done. */
    private SinkTable ended(SinkTable stored) throws SQLException {
        if (!hasReadAgain(stored)) {
            return stored;
        }
        removeReadAgain(stored);
        return save(stored, stored.with(stored.progress().withoutCopied()));
    }

    private Dialect dialect() {
        return sink.dialect();
    }

    private TableSchema shape() {
        return first().tableSchema();
    }

    /** By its name, or if that is new by its number. */
    private SinkTable find() throws SQLException {
        SinkTable found = sink.store().find(connection, shape().table(), known);
        if (found == null && shape().relationOid() != 0) {
            TableId formerName = sink.store().nameOf(connection, shape().relationOid());
            found = formerName == null ? null : sink.store().find(connection, formerName, null);
            // On another server the number is another table's.
            return found != null && found.origin().mayBe(origin) ? found : null;
        }
        return found;
    }

    /** A truncate of a copy says that everything begins anew, wherever it comes from. */
    private void requireOrigin(SinkTable stored) {
        if (!stored.origin().mayBe(origin) && !isBegin()) {
            throw new PgCdcException(
                    ErrorCode.CONFIGURATION,
                    "The destination has table " + stored.source() + " of " + stored.origin()
                                             + ", and now comes a change of " + origin,
                    "Give each pipeline a sink of its own (pgcdc-jdbc:name). If the former one is gone, drop or empty "
                                                                                        + stored.target()
                                                                                        + " and run on the destination: "
                                                                                        + sink.store()
                                                                                                .forgetting(stored.source()));
        }
    }

    private boolean isBegin() {
        return segment.get(0).operation() == Operation.TRUNCATE && Segments.isOfCopy(segment.get(0));
    }

    private SinkTable shaped(SinkTable stored, Position at, boolean begins) throws SQLException {
        if (stored == null) {
            if (arrival == Arrival.EARLY && !Segments.isOfCopy(segment.get(0))) {
                throw early("is new");
            }
            return sink.shapes().create(connection, shape(), origin, at);
        }
        SinkTable table = stored.origin().mayBe(origin) ? stored : stored.with(origin);
        boolean isOther = stored.relation() != shape().relationOid() && stored.source().equals(shape().table());
        if (isOther && isBegin() && sink.mode() == WriteMode.currentState
                || begins && !Catalogue.hasTable(connection, table.target(), dialect())) {
            return sink.shapes().replace(connection, table, shape(), at);
        }
        if (arrival == Arrival.EARLY && !table.hasShapeOf(shape())) {
            // What comes again before it has the former shape.
            throw early("gets another shape");
        }
        boolean staysAsItIs = isFormerShape(table, at)
                && (first().operation() == Operation.SCHEMA || FormerShape.fits(shape(), table.shape()));
        return staysAsItIs ? table : sink.shapes().reshape(connection, table, shape(), at);
    }

    /** Whether the table has got a later shape already, for others have come further. */
    private boolean isFormerShape(SinkTable table, Position at) {
        return arrival == Arrival.UNKNOWN && sink.mode() == WriteMode.currentState && table.since() != null
                && at.compareTo(table.since()) < 0 && !table.hasShapeOf(shape());
    }

    private ChangeEvent first() {
        return segment.get(0);
    }

    private void clear(SinkTable table, ChangeEvent first) throws SQLException {
        TargetTable target = sink.layout().written(table);
        if (sink.mode() == WriteMode.currentState) {
            execute(dialect().truncate(table.target()));
        } else if (first.operation() == Operation.TRUNCATE) {
            new ChangelogRows(target, segment, isInOrder()).apply(connection, dialect());
        } else {
            ChangelogRows.ofNewCopy(target, first.transaction().commitLsn()).apply(connection, dialect());
        }
    }

    /** Whether a changelog may have rows twice, for a copy that was broken off has read them again when it went on. */
    private boolean hasReadAgain(SinkTable table) {
        return sink.mode() == WriteMode.changelog && table.shape().hasUniqueKey()
                && table.progress().copied().last() >= FIRST_OF_REPEATED_COPY;
    }

    private void removeReadAgain(SinkTable table) throws SQLException {
        execute(ChangelogRows.deleteReadAgain(sink.layout().written(table), table.shape(), table.progress().copyLsn()));
    }

    private RowChanges rows(SinkTable table, Position at, List<ChangeEvent> todo) {
        TargetTable target = sink.layout().written(table);
        boolean isOfCopy = Segments.isOfCopy(segment.get(0));
        if (sink.mode() == WriteMode.changelog) {
            return new ChangelogRows(target, todo, isInOrder() || isOfCopy);
        }
        if (target.hasKey()) {
            return new KeyedRows(
                    table.source(), target, dialect(), isFormerShape(table, at) ? FormerShape.told(todo, table.shape()) : todo);
        }
        if (!isInOrder() && !isOfCopy) {
            throw early("has no key");
        }
        return new UnkeyedRows(target, dialect(), todo, isComplete(table));
    }

    /** Whether every row that changes are about has come before them as an insert. */
    private boolean isComplete(SinkTable table) {
        return isInOrder() && !Segments.isOfCopy(segment.get(0)) && table.progress().copyLsn() == null
                && !sink.acceptsMissingRows();
    }

    /** A changelog is not searched for rows; that one which has nothing yet has none is plain. */
    private void requireRows(SinkTable table, List<ChangeEvent> todo, boolean isNew) throws SQLException {
        List<List<Object>> existing = ExistingRows.of(table.progress(), todo);
        TargetTable target = sink.layout().written(table);
        int missing = target.hasKey() ? ExistingRows.missing(connection, dialect(), target, existing)
                : sink.mode() == WriteMode.changelog && isNew ? existing.size() : 0;
        if (missing > 0) {
            throw ExistingRows.lost(table.target(), todo, missing);
        }
    }

    private boolean isInOrder() {
        return arrival == Arrival.IN_ORDER;
    }

    private PgCdcException early(String why) {
        return new PgCdcException(
                ErrorCode.DESTINATION,
                "Table " + shape().table() + " " + why + ", and its changes at " + segment.get(0).position()
                                       + " are handed over while others before them are under way",
                "They come again. If they never get through, take out the steps that work in parallel (seda, threads), and "
                                                                                                    + "aggregate by table");
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}

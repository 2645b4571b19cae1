package io.pgcdc.routes.jdbc;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.pgcdc.model.Column;
import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.Position;
import io.pgcdc.model.SchemaChange;
import io.pgcdc.model.TableSchema;
import io.pgcdc.routes.jdbc.dialect.Dialect;
import io.pgcdc.routes.jdbc.dialect.TargetTable;
import io.pgcdc.routes.jdbc.dialect.UnfitValueException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes tables of the destination, and gives them the shape that the source's have. The shape is taken from each event,
 * so it does not matter whether schema changes are told, or how often.
 */
final class TableShapes {

    private static final Logger LOG = LoggerFactory.getLogger(TableShapes.class);

    /** SQLSTATEs of what other objects depend on; the messages name objects, never values. The last ones are of H2. */
    private static final Set<String> DEPENDED_ON = Set.of("0A000", "2BP01", "90083", "90107", "90109");

    private final Dialect dialect;
    private final Layout layout;
    private final TableNames names;
    private final SinkStore store;
    private final boolean dropsColumns;

    TableShapes(Dialect dialect, Layout layout, TableNames names, SinkStore store, boolean dropsColumns) {
        this.dialect = dialect;
        this.layout = layout;
        this.names = names;
        this.store = store;
        this.dropsColumns = dropsColumns;
    }

    /** Makes the table of a source's table that nothing is stored of; one that is there already is taken over. */
    SinkTable create(Connection connection, TableSchema shape, Origin origin, Position at) throws SQLException {
        SinkTable table = described(shape, origin, at);
        requireFree(connection, table);
        List<String> found = Catalogue.columns(connection, table.target(), dialect);
        Catalogue.createSchema(connection, table.target().schema());
        TargetTable target = layout.whole(table);
        try (Statement statement = connection.createStatement()) {
            if (found.isEmpty()) {
                statement.execute(dialect.create(target));
            } else {
                LOG.info("Table {} of the destination is there already and is used for {}", table.target(), shape.table());
                addMissing(statement, target, found);
            }
        }
        return table;
    }

    private void addMissing(Statement statement, TargetTable target, List<String> found) throws SQLException {
        for (var column : target.columns()) {
            if (found.stream().noneMatch(name -> layout.isSame(name, column.name()))) {
                statement.execute("ALTER TABLE " + target.quoted() + " ADD COLUMN " + column.quoted() + " "
                                  + column.type().sql());
            }
        }
    }

    /** Another table has taken the name of this one, or somebody has dropped it, and its copy begins. */
    SinkTable replace(Connection connection, SinkTable old, TableSchema shape, Position at) throws SQLException {
        SinkTable described = described(shape, old.origin(), at);
        requireFree(connection, described);
        Catalogue.createSchema(connection, described.target().schema());
        try (Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS " + dialect.quoted(old.target()));
            statement.execute(dialect.create(layout.whole(described)));
        }
        return old.reshaped(shape, described.target(), described.columns(), at).with(Progress.NONE);
    }

    private SinkTable described(TableSchema shape, Origin origin, Position at) {
        List<String> columnNames = layout.names(shape);
        List<SinkColumn> columns = new ArrayList<>();
        for (int i = 0; i < columnNames.size(); i++) {
            columns.add(new SinkColumn(shape.columns().get(i), columnNames.get(i), false, false));
        }
        return new SinkTable(
                shape.table(), shape.relationOid(), origin, names.of(shape.table()), shape.replicaIdentity(), columns, at, 1,
                Progress.NONE);
    }

    /**
     * Gives a table the shape of an event.
     *
     * @throws PgCdcException if the event is older than the shape that the table has
     */
    SinkTable reshape(Connection connection, SinkTable table, TableSchema shape, Position at) throws SQLException {
        if (table.hasShapeOf(shape)) {
            return table;
        }
        if (table.since() != null && at.compareTo(table.since()) < 0) {
            throw new PgCdcException(
                    ErrorCode.DESTINATION,
                    "Table " + shape.table() + " has got another shape at " + table.since() + " already, before the change at "
                                           + at + " comes again",
                    "Have the table copied again: resyncTable");
        }
        Map<Column, Column> origins = origins(table.shape(), shape);
        List<SinkColumn> columns = new ArrayList<>();
        List<String> columnNames = layout.names(shape);
        for (int i = 0; i < columnNames.size(); i++) {
            Column origin = origins.get(shape.columns().get(i));
            Column column = shape.columns().get(i);
            boolean isText = origin != null && columnOf(table, origin).isText();
            columns.add(new SinkColumn(column, columnNames.get(i), isText, false));
        }
        List<SinkColumn> kept = kept(table, origins, columns);
        columns.addAll(kept);
        SinkTable after = table.reshaped(shape, names.of(shape.table()), columns, at);
        requireNames(connection, after);
        if (!after.target().equals(table.target())) {
            requireFree(connection, after);
            Catalogue.createSchema(connection, after.target().schema());
        }
        alter(connection, table, after, positions(table, after, origins, kept));
        tell(table, shape, origins);
        return fillIn(connection, after, shape, origins);
    }

    /** A column gets the type that holds every value, as its own can't hold one. */
    SinkTable widen(Connection connection, SinkTable table, int column) throws SQLException {
        SinkColumn narrow = table.live().get(column);
        List<SinkColumn> columns = new ArrayList<>(table.columns());
        columns.set(columns.indexOf(narrow), narrow.asText());
        SinkTable after = table.with(columns);
        LOG.warn("Table {}: a value does not fit into column {}, which becomes text now", table.source(), narrow.name());
        int position = layout.offset() + table.columns().indexOf(narrow);
        execute(connection, after, dialect.widen(connection, layout.whole(table), layout.whole(after), position));
        return after;
    }

    /** For each column of a shape the one of an earlier shape that it was; not for those that are new. */
    private static Map<Column, Column> origins(TableSchema before, TableSchema after) {
        SchemaChange change = SchemaChange.between(before, after);
        Map<Column, Column> origins = new HashMap<>();
        for (Column column : after.columns()) {
            if (!change.added().contains(column)) {
                origins.put(column, column);
            }
        }
        change.changed().forEach(column -> origins.put(column.after(), column.before()));
        return origins;
    }

    private static SinkColumn columnOf(SinkTable table, Column source) {
        return table.live().stream().filter(column -> column.source().equals(source)).findFirst().orElseThrow();
    }

    /** Columns that the source has no more; one whose name is needed now gets its number behind it. */
    private List<SinkColumn> kept(SinkTable table, Map<Column, Column> origins, List<SinkColumn> live) {
        List<SinkColumn> kept = new ArrayList<>();
        for (SinkColumn column : table.columns()) {
            if (column.isKept() || !dropsColumns && !origins.containsValue(column.source())) {
                String name = column.name();
                while (isTaken(name, live) || isTaken(name, kept)) {
                    name = name + '_' + column.source().number();
                }
                kept.add(new SinkColumn(column.source(), name, column.isText(), true));
            }
        }
        return kept;
    }

    private boolean isTaken(String name, List<SinkColumn> columns) {
        return columns.stream().anyMatch(other -> layout.isSame(other.name(), name));
    }

    private List<Integer> positions(SinkTable before, SinkTable after, Map<Column, Column> origins, List<SinkColumn> kept) {
        List<Integer> positions = new ArrayList<>();
        for (int i = 0; i < layout.offset(); i++) {
            positions.add(i);
        }
        for (SinkColumn column : after.columns()) {
            Column origin = column.isKept() ? column.source() : origins.get(column.source());
            positions.add(origin == null ? -1 : layout.offset() + position(before, origin, column.isKept()));
        }
        return positions;
    }

    private static int position(SinkTable table, Column source, boolean isKept) {
        for (int i = 0; i < table.columns().size(); i++) {
            SinkColumn column = table.columns().get(i);
            if (column.source().equals(source) && (isKept || !column.isKept())) {
                return i;
            }
        }
        throw new IllegalStateException("column " + source.name() + " of " + table.source() + " is not known");
    }

    private void alter(Connection connection, SinkTable before, SinkTable after, List<Integer> origins)
            throws SQLException {
        String key = Catalogue.keyConstraint(connection, before.target(), dialect);
        execute(connection, after, dialect.reshape(connection, layout.whole(before), layout.whole(after), origins, key));
    }

    private static void execute(Connection connection, SinkTable after, List<String> statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            if (DEPENDED_ON.contains(String.valueOf(e.getSQLState()))) {
                throw new PgCdcException(
                        ErrorCode.DESTINATION,
                        "Table " + after.target()
                                               + " of the destination can't get its new shape, for something of yours, like a "
                                               + "view, depends on it: "
                                               + e.getMessage().lines().collect(Collectors.joining(" ")),
                        "Run on the destination, and make it again when the table has its shape: DROP VIEW …");
            }
            throw e;
        }
        LOG.info("Table {} has a new shape: {}", after.target(), after.shape());
    }

    private void tell(SinkTable before, TableSchema shape, Map<Column, Column> origins) {
        for (Column column : shape.columns()) {
            Column origin = origins.get(column);
            if (origin != null && !origin.hasTypeOf(column)) {
                LOG.warn("Table {}: column {} is of type {} now, and was of type {}. {}, copy the table again: resyncTable",
                        before.source(), column.name(), column.typeName(), origin.typeName(),
                        dialect.keepsValues(origin, column)
                                ? "What it held was converted; if the source has converted it in another way (USING)"
                                : "What it held was not converted exactly as PostgreSQL does; for the same values");
            }
        }
    }

    /** PostgreSQL gives the rows that are there a value for a new column, without a word in the stream. */
    private SinkTable fillIn(Connection connection, SinkTable table, TableSchema shape, Map<Column, Column> origins)
            throws SQLException {
        SinkTable filled = table;
        for (int i = 0; i < shape.columns().size() && layout.offset() == 0; i++) {
            Column column = shape.columns().get(i);
            Object value = MissingValue.of(column);
            if (origins.containsKey(column)) {
                continue;
            }
            if (value != null) {
                filled = fillIn(connection, filled, i, value);
            } else if ((column.defaultExpression() != null || !column.nullable()) && hasRows(connection, filled)) {
                LOG.warn("Table {}: column {} is new, and PostgreSQL does not tell what its older rows have there; they have "
                         + "NULL here. That is right if the column got its default after it was added. Else (a default "
                         + "such as random(), a table that was rewritten, a type of your own) copy the table again: resyncTable",
                        shape.table(), column.name());
            }
        }
        return filled;
    }

    private SinkTable fillIn(Connection connection, SinkTable table, int column, Object value) throws SQLException {
        TargetTable target = layout.written(table);
        var type = List.of(target.columns().get(column).type());
        try (Statement statement = connection.createStatement()) {
            String stage = dialect.createStage(statement, type);
            Iterator<Object[]> row = List.<Object[]> of(new Object[] { 1, null, value }).iterator();
            try {
                dialect.load(connection, type, row);
            } catch (UnfitValueException e) {
                statement.execute("DROP TABLE " + stage);
                requireNoKey(table, column);
                return fillIn(connection, widen(connection, table, column), column, value);
            }
            statement.executeUpdate("UPDATE " + target.quoted() + " SET " + target.columns().get(column).quoted()
                                    + " = (SELECT c0 FROM " + stage + ")");
            statement.execute("DROP TABLE " + stage);
        }
        return table;
    }

    /** @throws PgCdcException if a column is part of the key, so that it can't become text */
    void requireNoKey(SinkTable table, int column) {
        if (layout.written(table).key().contains(column)) {
            throw new PgCdcException(
                    ErrorCode.DESTINATION,
                    "Table " + table.source() + ": a value does not fit into a column of the primary key, "
                                           + table.live().get(column).name(),
                    "There is no way to keep it exactly; leave the table out of the publication");
        }
    }

    private boolean hasRows(Connection connection, SinkTable table) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setMaxRows(1);
            try (ResultSet row = statement.executeQuery("SELECT 1 FROM " + layout.whole(table).quoted())) {
                return row.next();
            }
        }
    }

    /** One table has one writer, and the name that it is stored under. */
    private void requireFree(Connection connection, SinkTable table) throws SQLException {
        requireNames(connection, table);
        SinkStore.Keeper other = store.otherKeeper(connection, table.target(), table.source());
        if (other == null) {
            return;
        }
        String ifGone = " is gone, run on the destination: " + store.forgetting(other);
        throw other.sink().equals(store.name())
                ? new PgCdcException(
                        ErrorCode.CONFIGURATION,
                        "The tables " + other.source() + " and " + table.source() + " of the source have the same table "
                                                 + table.target() + " in the destination",
                        "Use both names in the options targetSchema and targetTable, as in targetTable={schema}_{table}; or, if "
                                                                                           + other.source() + ifGone)
                : new PgCdcException(
                        ErrorCode.CONFIGURATION,
                        "The sink " + other.sink() + " has " + table.target() + " in the destination, for table "
                                                 + other.source() + ", and the sink " + store.name() + " wants it for "
                                                 + table.source(),
                        "Give one of them other names by targetSchema and targetTable, as in targetSchema=second_{schema}; or, "
                                                                   + "if sink " + other.sink() + ifGone);
    }

    /** PostgreSQL cuts a longer name without a word. */
    private void requireNames(Connection connection, SinkTable table) throws SQLException {
        int longest = Catalogue.longestName(connection);
        Stream<String> all = Stream.concat(
                Stream.of(table.target().schema(), table.target().name()), table.columns().stream().map(SinkColumn::name));
        Optional<String> tooLong = all
                .filter(name -> longest > 0 && name.getBytes(StandardCharsets.UTF_8).length > longest).findFirst();
        if (tooLong.isPresent()) {
            throw new PgCdcException(
                    ErrorCode.CONFIGURATION,
                    "Table " + table.source() + " needs the name " + tooLong.get() + " in the destination, whose names have "
                                             + longest + " bytes at most",
                    "Make it shorter by the options targetSchema and targetTable, or rename it in the source");
        }
    }
}

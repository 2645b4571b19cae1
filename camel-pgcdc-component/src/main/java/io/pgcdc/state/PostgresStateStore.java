package io.pgcdc.state;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToLongFunction;

import io.pgcdc.model.Column;
import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.ReplicaIdentity;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableIdentity;
import io.pgcdc.model.TableSchema;
import io.pgcdc.postgres.PostgresConnections;

import static io.pgcdc.state.Statements.prepared;
import static io.pgcdc.state.Statements.texts;
import static io.pgcdc.state.Statements.update;

/**
 * Remembers in tables of a PostgreSQL schema of its own. It holds at most one connection, and opens another when that
 * one breaks.
 *
 * <p>
 * Thread-safe: one method at a time.
 */
public final class PostgresStateStore implements StateStore, SchemaStore {

    /** The tables that it makes; no schema but its own can hide a user's tables of these names. */
    public static final Set<String> TABLES = Set.copyOf(new StateSql("any").createTables.keySet());

    private final String schemaName;
    private final StateSql sql;
    private final StateSession session;

    /** Connects to nothing yet. */
    public PostgresStateStore(PostgresConnections connections, String schemaName) {
        this.schemaName = Objects.requireNonNull(schemaName, "schemaName");
        this.sql = new StateSql(schemaName);
        this.session = new StateSession(Objects.requireNonNull(connections, "connections"), schemaName);
    }

    /** Creates what is missing only, so that a user who finds all of it there needs no privilege to create. */
    @Override
    public void prepare() {
        boolean ready = session.statement("look for the tables", connection -> {
            requireWritable(connection);
            return missing(connection).isEmpty();
        });
        if (ready) {
            return;
        }
        session.transaction("create the tables", connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute(StateSql.LOCK);
                if (!schemaExists(connection)) {
                    statement.execute(sql.createSchema);
                }
                for (String table : missing(connection)) {
                    statement.execute(sql.createTables.get(table));
                }
            }
            return null;
        });
    }

    /** A standby may have all the tables, and take nothing. */
    private void requireWritable(Connection connection) throws SQLException {
        try (PreparedStatement statement = prepared(connection, "SHOW transaction_read_only");
             ResultSet row = statement.executeQuery()) {
            row.next();
            if ("on".equals(row.getString(1))) {
                String remedy = "Set stateUrl to the primary or to another database; or, to read from the primary, name all "
                                + "hosts in the option url with targetServerType=primary. It is tried again";
                throw new PgCdcException(
                        ErrorCode.STATE,
                        "The state can't be kept at " + session.where() + ": the server is a standby or read-only", remedy);
            }
        }
    }

    private boolean schemaExists(Connection connection) throws SQLException {
        try (PreparedStatement statement = prepared(connection, StateSql.SCHEMA_EXISTS, schemaName);
             ResultSet row = statement.executeQuery()) {
            return row.next();
        }
    }

    private List<String> missing(Connection connection) throws SQLException {
        Set<String> existing = new HashSet<>();
        try (PreparedStatement statement = prepared(connection, StateSql.EXISTING_TABLES, schemaName);
             ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                existing.add(row.getString(1));
            }
        }
        return sql.createTables.keySet().stream().filter(table -> !existing.contains(table)).toList();
    }

    @Override
    public Optional<PipelineRecord> pipeline(String pipeline) {
        return session.statement("read the pipeline", connection -> {
            try (PreparedStatement statement = prepared(connection, sql.pipeline, pipeline);
                 ResultSet row = statement.executeQuery()) {
                return !row.next()
                        ? Optional.empty()
                        : Optional.of(new PipelineRecord(
                                row.getString("system_identifier"), row.getInt("timeline"), row.getString("database"),
                                row.getString("publication"), row.getLong("publication_oid"),
                                row.getString("slot_name")));
            }
        });
    }

    @Override
    public void create(
            String pipeline, PipelineRecord pipelineRecord, Lsn position, Collection<TableState> states) {
        session.transaction("create the pipeline", connection -> {
            for (String forget : sql.forgetPipeline) {
                update(connection, forget, pipeline);
            }
            savePipeline(connection, pipeline, pipelineRecord);
            saveTables(connection, pipeline, states);
            return update(connection, sql.savePosition, pipeline, pipelineRecord.slot(), position.toString());
        });
    }

    @Override
    public boolean remove(String pipeline) {
        AtomicInteger removed = new AtomicInteger();
        session.transaction("forget the pipeline", connection -> {
            removed.set(0);
            for (String forget : sql.forgetPipeline) {
                removed.addAndGet(update(connection, forget, pipeline));
            }
            return null;
        });
        return removed.get() > 0;
    }

    @Override
    public void updatePipeline(String pipeline, PipelineRecord pipelineRecord) {
        session.statement("save the pipeline", connection -> savePipeline(connection, pipeline, pipelineRecord));
    }

    private int savePipeline(Connection connection, String pipeline, PipelineRecord known) throws SQLException {
        return update(connection, sql.savePipeline, pipeline, known.systemIdentifier(), known.timeline(),
                known.database(), known.publication(), known.publicationOid(), known.slot());
    }

    @Override
    public Map<String, Lsn> positions(String pipeline) {
        return session.statement("read the positions", connection -> {
            Map<String, Lsn> positions = new LinkedHashMap<>();
            try (PreparedStatement statement = prepared(connection, sql.positions, pipeline);
                 ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    positions.put(row.getString("slot_name"), Lsn.parse(row.getString("position")));
                }
            }
            return positions;
        });
    }

    @Override
    public void savePosition(String pipeline, String slot, Lsn position) {
        session.statement("save a position",
                connection -> update(connection, sql.savePosition, pipeline, slot, position.toString()));
    }

    @Override
    public List<TableState> tables(String pipeline) {
        return session.statement("read the states of tables", connection -> {
            List<TableState> states = new ArrayList<>();
            try (PreparedStatement statement = prepared(connection, sql.tables, pipeline);
                 ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    states.add(new TableState(
                            table(row), TablePhase.valueOf(row.getString("state")), row.getString("slot_name"),
                            Lsn.parse(row.getString("lsn")), row.getString("reason"), identity(row)));
                }
            }
            return states;
        });
    }

    private static TableIdentity identity(ResultSet row) throws SQLException {
        long relationOid = row.getLong("relation_oid");
        return row.wasNull() ? null : new TableIdentity(relationOid, row.getLong("membership"));
    }

    @Override
    public void saveTables(String pipeline, Collection<TableState> states) {
        if (!states.isEmpty()) {
            session.transaction("save the states of tables", connection -> saveTables(connection, pipeline, states));
        }
    }

    @Override
    public void saveTablesAndForgetSlot(String pipeline, Collection<TableState> states, String slot) {
        session.transaction("save the states of tables", connection -> {
            saveTables(connection, pipeline, states);
            return update(connection, sql.forgetSlot, pipeline, slot);
        });
    }

    private int saveTables(Connection connection, String pipeline, Collection<TableState> states)
            throws SQLException {
        // One statement can't write a row twice: of several states of a table the last one counts.
        Map<TableId, TableState> last = new LinkedHashMap<>();
        states.forEach(state -> last.put(state.table(), state));
        Collection<TableState> rows = last.values();
        Collection<TableId> notCopying = rows.stream()
                .filter(state -> state.phase() != TablePhase.COPYING)
                .map(TableState::table)
                .toList();
        update(connection, sql.forgetRanges, texts(notCopying, TableId::schema), texts(notCopying, TableId::name),
                pipeline);
        return update(connection, sql.saveTables, pipeline,
                texts(rows, state -> state.table().schema()), texts(rows, state -> state.table().name()),
                texts(rows, state -> state.phase().name()), texts(rows, TableState::syncSlot),
                texts(rows, state -> state.lsn().toString()), texts(rows, state -> storable(state.reason())),
                numbers(rows, TableIdentity::relationOid), numbers(rows, TableIdentity::membership));
    }

    private static Long[] numbers(Collection<TableState> states, ToLongFunction<TableIdentity> number) {
        return states.stream()
                .map(state -> state.identity() == null ? null : number.applyAsLong(state.identity()))
                .toArray(Long[]::new);
    }

    /** PostgreSQL's text has no NUL; a reason that quotes somebody else's message must not fail for that. */
    private static String storable(String reason) {
        return reason == null ? null : reason.replace('\0', ' ');
    }

    @Override
    public List<CopiedRange> copiedRanges(String pipeline, TableId table) {
        return session.statement("read the copied ranges of a table", connection -> {
            List<CopiedRange> ranges = new ArrayList<>();
            try (PreparedStatement statement
                    = prepared(connection, sql.ranges, pipeline, table.schema(), table.name());
                 ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    ranges.add(new CopiedRange(
                            table, row.getString("source"), row.getLong("from_block"), row.getLong("to_block"),
                            row.getLong("horizon")));
                }
            }
            return ranges;
        });
    }

    @Override
    public void saveCopiedRange(String pipeline, CopiedRange range) {
        session.statement("save a copied range",
                connection -> update(
                        connection, sql.saveRange, pipeline, range.table().schema(), range.table().name(),
                        range.fromBlock(), range.toBlock(), range.source(), range.horizon()));
    }

    @Override
    public void renameTables(String pipeline, Map<TableId, TableId> names) {
        if (names.isEmpty()) {
            return;
        }
        Collection<TableId> before = names.keySet();
        Collection<TableId> after = before.stream().map(names::get).toList();
        session.transaction("rename tables", connection -> {
            for (String rename : sql.renameTables) {
                update(
                        connection, rename, texts(before, TableId::schema), texts(before, TableId::name),
                        texts(after, TableId::schema), texts(after, TableId::name), pipeline);
            }
            for (String settle : sql.settleNames) {
                update(connection, settle, pipeline);
            }
            return null;
        });
    }

    @Override
    public void removeTables(String pipeline, Collection<TableId> tables) {
        if (tables.isEmpty()) {
            return;
        }
        session.transaction("remove tables", connection -> {
            for (String remove : sql.removeTables) {
                update(connection, remove, texts(tables, TableId::schema), texts(tables, TableId::name), pipeline);
            }
            return null;
        });
    }

    @Override
    public List<Version> schemas(String pipeline, Lsn at) {
        return session.statement("read the schemas of tables", connection -> {
            List<Version> versions = new ArrayList<>();
            try (PreparedStatement statement = prepared(connection, sql.schemas, pipeline, at.toString());
                 ResultSet row = statement.executeQuery()) {
                boolean more = row.next();
                while (more) {
                    Lsn from = Lsn.parse(row.getString("lsn"));
                    TableId table = table(row);
                    long relationOid = row.getLong("relation_oid");
                    ReplicaIdentity identity = ReplicaIdentity.of(row.getString("replica_identity").charAt(0));
                    List<Column> columns = new ArrayList<>();
                    do {
                        if (row.getString("column_name") != null) {
                            columns.add(column(row));
                        }
                        more = row.next();
                    } while (more && row.getLong("relation_oid") == relationOid);
                    versions.add(new Version(from, new TableSchema(table, relationOid, identity, columns)));
                }
            }
            return versions;
        });
    }

    private static TableId table(ResultSet row) throws SQLException {
        return new TableId(row.getString("schema_name"), row.getString("table_name"));
    }

    private static Column column(ResultSet row) throws SQLException {
        return new Column(
                row.getString("column_name"), row.getLong("type_oid"), row.getString("type_name"),
                row.getInt("type_modifier"), row.getBoolean("nullable"), row.getBoolean("identity"), row.getInt("number"),
                row.getString("default_expression"));
    }

    @Override
    public void saveSchemas(String pipeline, Collection<Version> versions) {
        if (versions.isEmpty()) {
            return;
        }
        record Key(long relationOid, Lsn from) {
        }
        Map<Key, Version> last = new LinkedHashMap<>();
        versions.forEach(version -> last.put(new Key(version.schema().relationOid(), version.from()), version));
        Collection<Version> rows = last.values();
        String[] schemas = texts(rows, version -> version.schema().table().schema());
        String[] names = texts(rows, version -> version.schema().table().name());
        Long[] tables = rows.stream().map(version -> version.schema().relationOid()).toArray(Long[]::new);
        String[] positions = texts(rows, version -> version.from().toString());
        session.transaction("save the schemas of tables", connection -> {
            update(connection, sql.removeColumns, tables, positions, pipeline);
            update(connection, sql.saveSchemas, pipeline, schemas, names, positions, tables,
                    texts(rows, version -> String.valueOf(version.schema().replicaIdentity().code())));
            return saveColumns(connection, pipeline, rows);
        });
    }

    private int saveColumns(Connection connection, String pipeline, Collection<Version> versions)
            throws SQLException {
        record Row(Version version, int position, Column column) {
        }
        List<Row> rows = new ArrayList<>();
        for (Version version : versions) {
            for (Column column : version.schema().columns()) {
                rows.add(new Row(version, version.schema().position(column.name()), column));
            }
        }
        return update(connection, sql.saveColumns, pipeline,
                rows.stream().map(row -> row.version.schema().relationOid()).toArray(Long[]::new),
                texts(rows, row -> row.version.from().toString()),
                rows.stream().map(Row::position).toArray(Integer[]::new),
                texts(rows, row -> row.column.name()),
                rows.stream().map(row -> row.column.typeOid()).toArray(Long[]::new),
                texts(rows, row -> row.column.typeName()),
                rows.stream().map(row -> row.column.typeModifier()).toArray(Integer[]::new),
                rows.stream().map(row -> row.column.nullable()).toArray(Boolean[]::new),
                rows.stream().map(row -> row.column.identity()).toArray(Boolean[]::new),
                rows.stream().map(row -> row.column.number()).toArray(Integer[]::new),
                texts(rows, row -> row.column.defaultExpression()));
    }

    @Override
    public void close() {
        session.close();
    }
}

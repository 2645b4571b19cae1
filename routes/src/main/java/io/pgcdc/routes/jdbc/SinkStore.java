package io.pgcdc.routes.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import io.pgcdc.model.Column;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.ReplicaIdentity;
import io.pgcdc.model.TableId;
import io.pgcdc.routes.jdbc.dialect.Dialect;

/**
 * What the sink keeps of its tables, in two tables of the destination; every call in the transaction of its connection.
 */
final class SinkStore {

    private static final String OF_TABLE = " WHERE sink = ? AND source_schema = ? AND source_table = ?";
    private static final String TABLE_COLUMNS
            = "relation, system_identifier, pipeline, target_schema, target_table, replica_identity, shape_since,"
              + " shape_version, copy_lsn, copied, position, early, begins";
    private static final String COLUMN_COLUMNS
            = "ordinal, target_name, is_text, is_kept, name, number, type_oid, type_name, type_modifier, is_key, default_expression,"
              + " missing_value";

    private final String sink;
    private final String schema;
    private final Dialect dialect;
    private final String tables;
    private final String columns;

    SinkStore(String sink, String schema, Dialect dialect) {
        this.sink = sink;
        this.schema = schema;
        this.dialect = dialect;
        this.tables = dialect.quoted(new TableId(schema, "sink_table"));
        this.columns = dialect.quoted(new TableId(schema, "sink_column"));
    }

    /** Makes the two tables if they are missing. */
    void prepare(Connection connection) throws SQLException {
        boolean haveTables = Catalogue.hasTable(connection, new TableId(schema, "sink_table"), dialect);
        boolean haveColumns = Catalogue.hasTable(connection, new TableId(schema, "sink_column"), dialect);
        if (haveTables && haveColumns) {
            return;
        }
        String key = " " + dialect.textType(true).sql() + " NOT NULL, ";
        String text = " " + dialect.textType(false).sql() + ", ";
        String identity = "sink" + key + "source_schema" + key + "source_table" + key;
        try (Statement statement = connection.createStatement()) {
            Catalogue.createSchema(connection, schema);
            if (!haveTables) {
                statement.execute("CREATE TABLE " + tables + " (" + identity + "relation BIGINT, system_identifier" + text
                                  + "pipeline" + text + "target_schema" + text + "target_table" + text + "replica_identity"
                                  + text + "shape_since" + text + "shape_version BIGINT, copy_lsn" + text + "copied" + text
                                  + "position" + text + "early" + text + "begins" + text
                                  + "PRIMARY KEY (sink, source_schema, source_table))");
            }
            if (!haveColumns) {
                statement.execute("CREATE TABLE " + columns + " (" + identity + "ordinal INTEGER NOT NULL, target_name" + text
                                  + "is_text BOOLEAN, is_kept BOOLEAN, name" + text + "number INTEGER, type_oid BIGINT,"
                                  + " type_name" + text + "type_modifier INTEGER, is_key BOOLEAN, default_expression" + text
                                  + "missing_value" + text + "PRIMARY KEY (sink, source_schema, source_table, ordinal))");
            }
        }
    }

    /**
     * What is stored of a table, which nobody else can change then until the transaction ends.
     *
     * @param  known as it was when it was last seen, or {@code null}
     * @return       {@code null} if nothing is stored
     */
    SinkTable find(Connection connection, TableId source, SinkTable known) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                "SELECT " + TABLE_COLUMNS + " FROM " + tables + OF_TABLE + dialect.forUpdate())) {
            identify(query, 1, source);
            try (ResultSet row = query.executeQuery()) {
                return row.next() ? read(connection, source, row, known) : null;
            }
        }
    }

    private SinkTable read(Connection connection, TableId source, ResultSet row, SinkTable known) throws SQLException {
        long version = row.getLong("shape_version");
        String copyLsn = row.getString("copy_lsn");
        Progress progress = new Progress(
                copyLsn == null ? null : Lsn.parse(copyLsn).value(), CopiedRows.parse(row.getString("copied")),
                Progress.position(row.getString("position")), Progress.position(row.getString("early")),
                Progress.position(row.getString("begins")));
        TableId target = new TableId(row.getString("target_schema"), row.getString("target_table"));
        return new SinkTable(
                source, row.getLong("relation"), new Origin(row.getString("system_identifier"), row.getString("pipeline")),
                target, ReplicaIdentity.of(row.getString("replica_identity").charAt(0)),
                known != null && known.version() == version && known.target().equals(target)
                        ? known.columns() : columns(connection, source),
                Progress.position(row.getString("shape_since")), version, progress);
    }

    private List<SinkColumn> columns(Connection connection, TableId source) throws SQLException {
        List<SinkColumn> found = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(
                "SELECT " + COLUMN_COLUMNS + " FROM " + columns + OF_TABLE + " ORDER BY ordinal")) {
            identify(query, 1, source);
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    Column column = new Column(
                            row.getString("name"), row.getLong("type_oid"), row.getString("type_name"),
                            row.getInt("type_modifier"), true, row.getBoolean("is_key"), row.getInt("number"),
                            row.getString("default_expression"), row.getString("missing_value"));
                    found.add(new SinkColumn(
                            column, row.getString("target_name"), row.getBoolean("is_text"), row.getBoolean("is_kept")));
                }
            }
        }
        return found;
    }

    /** The name in the source that a table of this number was stored under, {@code null} if there is none. */
    TableId nameOf(Connection connection, long relation) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                "SELECT source_schema, source_table FROM " + tables + " WHERE sink = ? AND relation = ?")) {
            query.setString(1, sink);
            query.setLong(2, relation);
            try (ResultSet row = query.executeQuery()) {
                return row.next() ? new TableId(row.getString(1), row.getString(2)) : null;
            }
        }
    }

    /**
     * Who keeps a table of the destination.
     *
     * @param sink   the name of a sink
     * @param source the table of its source
     */
    record Keeper(String sink, TableId source) {
    }

    /** Who keeps a table of the destination but this sink for that table of the source, {@code null} if nobody does. */
    Keeper otherKeeper(Connection connection, TableId target, TableId source) throws SQLException {
        String condition = dialect.ignoresCase()
                ? "lower(target_schema) = lower(?) AND lower(target_table) = lower(?)"
                : "target_schema = ? AND target_table = ?";
        try (PreparedStatement query = connection.prepareStatement(
                "SELECT sink, source_schema, source_table FROM " + tables + " WHERE " + condition)) {
            query.setString(1, target.schema());
            query.setString(2, target.name());
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    Keeper keeper = new Keeper(row.getString(1), new TableId(row.getString(2), row.getString(3)));
                    if (!keeper.equals(new Keeper(sink, source))) {
                        return keeper;
                    }
                }
                return null;
            }
        }
    }

    /** @param before as it is stored, {@code null} if it is not */
    void save(Connection connection, SinkTable before, SinkTable after) throws SQLException {
        if (before == null) {
            insert(connection, after);
        } else if (before.version() != after.version() || !before.source().equals(after.source())
                || !before.origin().equals(after.origin())) {
            delete(connection, before.source());
            insert(connection, after);
        } else if (before.progress() != after.progress()) {
            saveProgress(connection, after);
        }
    }

    private void saveProgress(Connection connection, SinkTable table) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "UPDATE " + tables + " SET copy_lsn = ?, copied = ?, position = ?, early = ?, begins = ?" + OF_TABLE)) {
            progress(update, 1, table.progress());
            identify(update, 6, table.source());
            if (update.executeUpdate() != 1) {
                throw new SQLException("the row of " + table.source() + " in " + tables + " is gone");
            }
        }
    }

    private void insert(Connection connection, SinkTable table) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO " + tables + " (sink, source_schema, source_table, " + TABLE_COLUMNS
                                                                    + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            identify(insert, 1, table.source());
            insert.setLong(4, table.relation());
            insert.setString(5, table.origin().system());
            insert.setString(6, table.origin().pipeline());
            insert.setString(7, table.target().schema());
            insert.setString(8, table.target().name());
            insert.setString(9, String.valueOf(table.identity().code()));
            insert.setString(10, Progress.text(table.since()));
            insert.setLong(11, table.version());
            progress(insert, 12, table.progress());
            insert.executeUpdate();
        }
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO " + columns + " (sink, source_schema, source_table, " + COLUMN_COLUMNS
                                                                    + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            for (int i = 0; i < table.columns().size(); i++) {
                SinkColumn column = table.columns().get(i);
                identify(insert, 1, table.source());
                insert.setInt(4, i);
                insert.setString(5, column.name());
                insert.setBoolean(6, column.isText());
                insert.setBoolean(7, column.isKept());
                insert.setString(8, column.source().name());
                insert.setInt(9, column.source().number());
                insert.setLong(10, column.source().typeOid());
                insert.setString(11, column.source().typeName());
                insert.setInt(12, column.source().typeModifier());
                insert.setBoolean(13, column.source().identity());
                insert.setString(14, column.source().defaultExpression());
                insert.setString(15, column.source().missingValue());
                insert.executeUpdate();
            }
        }
    }

    String name() {
        return sink;
    }

    void delete(Connection connection, TableId source) throws SQLException {
        for (String table : List.of(columns, tables)) {
            try (PreparedStatement delete = connection.prepareStatement("DELETE FROM " + table + OF_TABLE)) {
                identify(delete, 1, source);
                delete.executeUpdate();
            }
        }
    }

    /** The SQL by which a person has the sink forget a table. */
    String forgetting(TableId source) {
        return forgetting(new Keeper(sink, source));
    }

    /** The SQL by which a person has another sink forget a table. */
    String forgetting(Keeper keeper) {
        return "DELETE FROM " + tables + " WHERE sink = " + literal(keeper.sink()) + " AND source_schema = "
               + literal(keeper.source().schema()) + " AND source_table = " + literal(keeper.source().name());
    }

    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    private static void progress(PreparedStatement statement, int first, Progress progress) throws SQLException {
        Long copyLsn = progress.copyLsn();
        statement.setString(first, copyLsn == null ? null : Lsn.toString(copyLsn));
        statement.setString(first + 1, progress.copied().toString());
        statement.setString(first + 2, Progress.text(progress.position()));
        statement.setString(first + 3, Progress.text(progress.early()));
        statement.setString(first + 4, Progress.text(progress.begins()));
    }

    private void identify(PreparedStatement statement, int first, TableId source) throws SQLException {
        statement.setString(first, sink);
        statement.setString(first + 1, Objects.requireNonNull(source.schema()));
        statement.setString(first + 2, source.name());
    }
}

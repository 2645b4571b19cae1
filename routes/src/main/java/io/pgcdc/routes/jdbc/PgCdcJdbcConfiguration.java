package io.pgcdc.routes.jdbc;

import javax.sql.DataSource;

import io.pgcdc.routes.jdbc.dialect.Dialect;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriParams;

/**
 * The options of the component and of its endpoints. There is no {@code toString}, so that credentials cannot be logged
 * by accident.
 */
@UriParams
public class PgCdcJdbcConfiguration implements Cloneable {

    @UriParam(label = "common")
    private DataSource dataSource;
    @UriParam(label = "common")
    private String url;
    @UriParam(label = "common,security", secret = true)
    private String username;
    @UriParam(label = "common,security", secret = true)
    private String password;
    @UriParam(label = "common", defaultValue = "currentState")
    private WriteMode mode = WriteMode.currentState;
    @UriParam(label = "common", defaultValue = "{schema}")
    private String targetSchema = "{schema}";
    @UriParam(label = "common", defaultValue = "{table}")
    private String targetTable = "{table}";
    @UriParam(label = "common", defaultValue = "true")
    private boolean dropColumns = true;
    @UriParam(label = "common")
    private boolean acceptMissingRows;
    @UriParam(label = "advanced", defaultValue = "pgcdc")
    private String stateSchema = "pgcdc";
    @UriParam(label = "advanced")
    private Dialect dialect;

    /** A copy that can be changed without changing this one. */
    public PgCdcJdbcConfiguration copy() {
        try {
            return (PgCdcJdbcConfiguration) clone();
        } catch (CloneNotSupportedException e) {
            throw new RuntimeCamelException(e);
        }
    }

    /** Throws if an option has a value that can never work. */
    void requireValidValues() {
        requireText("targetSchema", targetSchema);
        requireText("targetTable", targetTable);
        requireText("stateSchema", stateSchema);
        if (url != null && !url.startsWith("jdbc:")) {
            throw new IllegalArgumentException("Option url is no JDBC URL; it begins with jdbc:");
        }
    }

    private static void requireText(String option, String value) {
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException("Option " + option + " is empty");
        }
    }

    public DataSource getDataSource() {
        return dataSource;
    }

    /**
     * The data source of the destination, as #name. Use one that pools connections. One of DuckDB must lead to one
     * database of this process; the option url does.
     */
    public void setDataSource(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    public String getUrl() {
        return url;
    }

    /**
     * JDBC URL of the destination, instead of a data source: as many connections are kept as exchanges were written at
     * once, of DuckDB one.
     */
    public void setUrl(String url) {
        this.url = url;
    }

    public String getUsername() {
        return username;
    }

    /**
     * User to connect to url as.
     */
    public void setUsername(String username) {
        this.username = username;
    }

    public String getPassword() {
        return password;
    }

    /**
     * Password to connect to url with. It is never logged.
     */
    public void setPassword(String password) {
        this.password = password;
    }

    public WriteMode getMode() {
        return mode;
    }

    /**
     * What the tables of the destination are: currentState keeps them as the source's are now, changelog appends every
     * change as a row.
     */
    public void setMode(WriteMode mode) {
        this.mode = mode;
    }

    public String getTargetSchema() {
        return targetSchema;
    }

    /**
     * The schema of a table in the destination, in which {schema} and {table} stand for the names in the source.
     */
    public void setTargetSchema(String targetSchema) {
        this.targetSchema = targetSchema;
    }

    public String getTargetTable() {
        return targetTable;
    }

    /**
     * The name of a table in the destination, in which {schema} and {table} stand for the names in the source.
     */
    public void setTargetTable(String targetTable) {
        this.targetTable = targetTable;
    }

    public boolean isDropColumns() {
        return dropColumns;
    }

    /**
     * Whether a column that the source has dropped is dropped in the destination, too; if not, it stays and new rows
     * have NULL there. A changelog keeps all of its columns.
     */
    public void setDropColumns(boolean dropColumns) {
        this.dropColumns = dropColumns;
    }

    public boolean isAcceptMissingRows() {
        return acceptMissingRows;
    }

    /**
     * Whether changes are taken whose rows are not there, of a table of which the sink has seen no copy. They are
     * refused by default, for the destination has lost what it had. Set it if the pipeline copies nothing
     * (snapshotMode=never).
     */
    public void setAcceptMissingRows(boolean acceptMissingRows) {
        this.acceptMissingRows = acceptMissingRows;
    }

    public String getStateSchema() {
        return stateSchema;
    }

    /**
     * The schema of the destination in which the sink keeps what is done, in the tables sink_table and sink_column. It
     * is created if it is missing.
     */
    public void setStateSchema(String stateSchema) {
        this.stateSchema = stateSchema;
    }

    public Dialect getDialect() {
        return dialect;
    }

    /**
     * How the destination is written to, as #name, for a database that has no dialect here. That of PostgreSQL, DuckDB
     * and H2 is found by itself.
     */
    public void setDialect(Dialect dialect) {
        this.dialect = dialect;
    }
}

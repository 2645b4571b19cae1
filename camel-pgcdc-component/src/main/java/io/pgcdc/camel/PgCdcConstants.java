package io.pgcdc.camel;

import org.apache.camel.Exchange;
import org.apache.camel.spi.Metadata;

/** The headers of the exchanges that the consumer makes, and those that the producer reads. */
public final class PgCdcConstants {

    @Metadata(label = "consumer", javaType = "String", important = true,
              description = "What the exchange is about: read (a row of a copy), insert, update, delete, truncate,"
                            + " message, schema, begin, commit, copyStart or copyEnd.")
    public static final String OPERATION = "CamelPgCdcOperation";

    @Metadata(javaType = "String", important = true,
              description = "The database schema of the table. A producer reads it, too.")
    public static final String SCHEMA = "CamelPgCdcSchema";

    @Metadata(javaType = "String", important = true,
              description = "The name of the table, without its schema. A producer reads it, too: where it has no"
                            + " CamelPgCdcSchema beside it, as schema.table.")
    public static final String TABLE = "CamelPgCdcTable";

    @Metadata(label = "consumer", javaType = "java.util.Map", important = true,
              description = "The key columns (replica identity) of the row and their values.")
    public static final String KEY = "CamelPgCdcKey";

    @Metadata(label = "consumer", javaType = "java.util.Map",
              description = "The row before an update or delete, where PostgreSQL sent it: the whole old row with"
                            + " REPLICA IDENTITY FULL, else the old key if it changed.")
    public static final String BEFORE = "CamelPgCdcBefore";

    @Metadata(label = "consumer", javaType = "java.util.Set",
              description = "The names of the columns that PostgreSQL did not send because their large (TOAST) value is"
                            + " unchanged. They are absent from the body.")
    public static final String UNCHANGED = "CamelPgCdcUnchanged";

    @Metadata(label = "consumer", javaType = "String",
              description = "The position of the change in the write-ahead log, as PostgreSQL writes it (X/X).")
    public static final String LSN = "CamelPgCdcLsn";

    @Metadata(label = "consumer", javaType = "String",
              description = "The position of the commit of the change's transaction in the write-ahead log, as PostgreSQL"
                            + " writes it (X/X).")
    public static final String COMMIT_LSN = "CamelPgCdcCommitLsn";

    @Metadata(label = "consumer", javaType = "Long",
              description = "The index of the change in its transaction. It counts row changes and truncates only, so that a"
                            + " replay gives the same number.")
    public static final String ORDINAL = "CamelPgCdcOrdinal";

    @Metadata(label = "consumer", javaType = "String", important = true,
              description = "Identifies the change: commit position and ordinal in 16 hexadecimal digits each, with a slash"
                            + " between. It sorts as text in commit order, and a replay gives the same identifier. Rows of"
                            + " the initial copy have the snapshot's position and a running number, unique within their"
                            + " table's copy, and sort before every change of that table.")
    public static final String EVENT_ID = "CamelPgCdcEventId";

    @Metadata(label = "consumer", javaType = "Long", description = "The transaction's identifier, where it is known.")
    public static final String XID = "CamelPgCdcXid";

    @Metadata(label = "consumer", javaType = "java.time.Instant",
              description = "When the transaction committed, where it is known.")
    public static final String COMMIT_TIMESTAMP = "CamelPgCdcCommitTimestamp";

    @Metadata(label = "consumer", javaType = "Long",
              description = "When the transaction committed, in milliseconds since 1970, where it is known.")
    public static final String MESSAGE_TIMESTAMP = Exchange.MESSAGE_TIMESTAMP;

    @Metadata(label = "consumer", javaType = "io.pgcdc.model.TableSchema",
              description = "The columns of the table as they were when the change was made.")
    public static final String TABLE_SCHEMA = "CamelPgCdcTableSchema";

    @Metadata(label = "consumer", javaType = "io.pgcdc.model.SchemaChange",
              description = "With the operation schema: the shape of the table before and after, and what is different.")
    public static final String SCHEMA_CHANGE = "CamelPgCdcSchemaChange";

    @Metadata(label = "consumer", javaType = "Boolean",
              description = "Whether a truncate was one with CASCADE. Every table that it reached has an exchange of"
                            + " its own.")
    public static final String CASCADE = "CamelPgCdcCascade";

    @Metadata(label = "consumer", javaType = "Boolean",
              description = "Whether a truncate was one with RESTART IDENTITY.")
    public static final String RESTART_IDENTITY = "CamelPgCdcRestartIdentity";

    @Metadata(label = "consumer", javaType = "String", description = "The name of the database that is read.")
    public static final String DATABASE = "CamelPgCdcDatabase";

    @Metadata(label = "consumer", javaType = "String", description = "The name of the pipeline.")
    public static final String PIPELINE = "CamelPgCdcPipeline";

    @Metadata(label = "consumer", javaType = "Integer", description = "How many changes the body holds, with batching only.")
    public static final String BATCH_SIZE = "CamelPgCdcBatchSize";

    @Metadata(label = "consumer", javaType = "String",
              description = "The system identifier of the server that is read, as pg_control_system() tells it. Positions of"
                            + " two servers can't be compared.")
    public static final String SYSTEM_IDENTIFIER = "CamelPgCdcSystemIdentifier";

    @Metadata(label = "consumer", javaType = "Boolean",
              description = "Whether nothing of the same table that came before was still under way in the route, or had"
                            + " failed, when this exchange was made. A sink that keeps positions may move its own only then;"
                            + " a route without asynchronous steps has it true always. Rows of the copy of a whole table have"
                            + " it not.")
    public static final String IN_ORDER = "CamelPgCdcInOrder";

    @Metadata(label = "producer", javaType = "String",
              description = "For the operation emitMessage: the prefix of the message.")
    public static final String MESSAGE_PREFIX = "CamelPgCdcMessagePrefix";

    @Metadata(label = "producer", javaType = "String",
              description = "For the operation resyncTable: the condition, in SQL, on the rows that are copied again.")
    public static final String WHERE = "CamelPgCdcWhere";

    @Metadata(label = "producer", javaType = "String",
              description = "For the operation skipTo: the position to go on from, as PostgreSQL writes it (X/X).")
    public static final String SKIP_TO = "CamelPgCdcSkipTo";

    @Metadata(label = "producer", javaType = "String",
              description = "For the operation skipTo: the position that is confirmed now, as the safeguard.")
    public static final String CONFIRMED_LSN = "CamelPgCdcConfirmedLsn";

    private PgCdcConstants() {
        // constants only
    }
}

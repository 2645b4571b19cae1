package io.pgcdc.postgres;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.TablePattern;
import io.pgcdc.postgres.PreflightFinding.Severity;
import io.pgcdc.testing.PhysicalStandby;
import io.pgcdc.testing.PostgresMajors;
import io.pgcdc.testing.PostgresServer;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Each finding of a preflight is there where it is true, and gone when the SQL that it names was run. The preflight's
 * user has no more than a pipeline needs.
 */
@PostgresTest
class PreflightIT {

    private static final int COLUMN_LISTS = 15;
    private static final String[] GROUND = {
            "CREATE TABLE t (id bigint PRIMARY KEY, v text)", "CREATE PUBLICATION p FOR TABLE t", "CREATE SCHEMA pgcdc" };

    @ParameterizedTest
    @PostgresMajors
    void a_server_that_is_fit_gets_no_warning(TestDatabase database) {
        String user = prepare(database, "fit");
        PreflightReport report = preflight(database, user);
        assertThat(report.isReady()).isTrue();
        assertThat(report.findings()).allMatch(finding -> finding.severity() == Severity.INFORMATION)
                .extracting(PreflightFinding::check).containsOnly("max_slot_wal_keep_size");
        assertThat(report.facts()).containsEntry("version", "PostgreSQL " + version(database)).containsEntry("tables", "1")
                .containsEntry("wal_level", "logical").containsEntry("encoding", "UTF8").containsEntry("role", "primary")
                .containsEntry("pooler in between", "no").containsEntry("replication connection", "accepted")
                .containsEntry("user", user).containsEntry("database", database.name());
        assertThat(report.toText()).contains("ready, 0 blockers, 0 warnings, 1 note").doesNotContain("secret");
        assertThat(report.toMap()).containsEntry("ready", true).containsKeys("facts", "findings", "summary");
    }

    @ParameterizedTest
    @PostgresMajors
    void it_changes_nothing(TestDatabase database) {
        String user = prepare(database, "reader");
        String before = contents(database);
        preflight(database, user);
        assertThat(contents(database)).isEqualTo(before);
    }

    @ParameterizedTest
    @PostgresMajors
    void privileges(TestDatabase database) {
        database.createUser("pf_nobody", "secret", "");
        database.execute("CREATE TABLE t (id bigint PRIMARY KEY, v text)", "CREATE PUBLICATION p FOR TABLE t",
                "CREATE SCHEMA hidden", "CREATE TABLE hidden.s (id bigint PRIMARY KEY)",
                "ALTER PUBLICATION p ADD TABLE hidden.s",
                "REVOKE CONNECT ON DATABASE " + database.name() + " FROM PUBLIC",
                "GRANT CONNECT ON DATABASE " + database.name() + " TO pf_nobody");
        mends(database, "pf_nobody", "replication privilege", "server", Severity.BLOCKER);
        mends(database, "pf_nobody", "read access", "public.t", Severity.BLOCKER);
        mends(database, "pf_nobody", "read access", "hidden.s", Severity.BLOCKER);
        mends(database, "pf_nobody", "state", "schema pgcdc", Severity.BLOCKER);
        assertThat(preflight(database, "pf_nobody").isReady()).isTrue();
        database.execute("ALTER TABLE t ENABLE ROW LEVEL SECURITY");
        mends(database, "pf_nobody", "read access", "public.t", Severity.BLOCKER);
        database.execute("ALTER ROLE pf_nobody CONNECTION LIMIT 3");
        mends(database, "pf_nobody", "connection limit", "role pf_nobody", Severity.WARNING);
        database.execute("ALTER ROLE pf_nobody SET temp_file_limit = '1MB'");
        mends(database, "pf_nobody", "temp_file_limit", "server", Severity.INFORMATION);
        database.execute("REVOKE SELECT ON t FROM pf_nobody", "GRANT SELECT (id, v) ON t TO pf_nobody");
        mends(database, "pf_nobody", "copy connections", "public.t", Severity.INFORMATION);
    }

    @ParameterizedTest
    @PostgresMajors
    void the_schema_of_the_state(TestDatabase database) {
        String user = prepare(database, "stately");
        database.execute("REVOKE ALL ON SCHEMA pgcdc FROM " + user, "ALTER SCHEMA pgcdc OWNER TO CURRENT_USER");
        mends(database, user, "state", "schema pgcdc", Severity.BLOCKER);
        database.execute("CREATE TABLE pgcdc.pipeline (id int)",
                "COMMENT ON TABLE pgcdc.pipeline IS 'State of pgcdc pipelines'");
        mends(database, user, "state", "schema pgcdc", Severity.BLOCKER);
    }

    @ParameterizedTest
    @PostgresMajors
    void the_publication(TestDatabase database) {
        String user = prepare(database, "publisher");
        database.execute("DROP PUBLICATION p");
        mends(database, user, "publication", "publication p", Severity.BLOCKER, "<schema.table>, …", "t");
        database.execute("ALTER PUBLICATION p DROP TABLE t");
        mends(database, user, "publication", "publication p", Severity.BLOCKER, "<schema.table>, …", "t");
        database.execute("ALTER PUBLICATION p SET (publish = 'insert')");
        mends(database, user, "operations", "publication p", Severity.WARNING);
    }

    @ParameterizedTest
    @PostgresMajors
    void a_table_without_replica_identity(TestDatabase database) {
        String user = prepare(database, "identity");
        database.execute("CREATE TABLE plain (a int, b int)", "CREATE TABLE candidate (a int NOT NULL, b int)",
                "CREATE UNIQUE INDEX one_of ON candidate (a)", "CREATE TABLE refused (id int PRIMARY KEY)",
                "ALTER TABLE refused REPLICA IDENTITY NOTHING",
                "CREATE TABLE late (id int PRIMARY KEY DEFERRABLE)",
                "GRANT SELECT ON ALL TABLES IN SCHEMA public TO " + user,
                "ALTER PUBLICATION p ADD TABLE plain, candidate, refused, late");
        for (String table : List.of("plain", "candidate", "refused", "late")) {
            assertRefused(database, table);
            mends(database, user, "replica identity", "public." + table, Severity.WARNING);
            assertTaken(database, table);
        }
        assertThat(database.query("SELECT relreplident::text FROM pg_class WHERE relname = 'candidate'", String.class))
                .isEqualTo("i");
        mends(database, user, "key", "public.plain", Severity.INFORMATION, "<columns>", "a, b");
        // Insert and truncate alone need none.
        database.execute("CREATE TABLE log (a int)", "GRANT SELECT ON log TO " + user,
                "ALTER PUBLICATION p SET TABLE log", "ALTER PUBLICATION p SET (publish = 'insert')");
        assertThat(find(preflight(database, user), "replica identity", "public.log")).isEmpty();
    }

    @ParameterizedTest
    @PostgresMajors
    void a_partition_without_replica_identity(TestDatabase database) {
        String user = prepare(database, "parted");
        database.execute("CREATE TABLE parted (id int, v text) PARTITION BY RANGE (id)",
                "CREATE TABLE part PARTITION OF parted FOR VALUES FROM (0) TO (10)",
                "GRANT SELECT ON parted, part TO " + user, "ALTER TABLE parted REPLICA IDENTITY FULL",
                "ALTER PUBLICATION p ADD TABLE parted");
        mends(database, user, "partitions", "public.parted", Severity.INFORMATION);
        assertThatThrownBy(() -> database.execute("UPDATE parted SET v = 'x'"))
                .hasStackTraceContaining("does not have a replica identity");
        mends(database, user, "replica identity", "public.part", Severity.WARNING);
        database.execute("UPDATE parted SET v = 'x'");
    }

    @Test
    void column_lists(TestDatabase database) {
        assumeThat(database.server().major()).isGreaterThanOrEqualTo(COLUMN_LISTS);
        String user = prepare(database, "lists");
        database.execute("CREATE TABLE keyless (id int PRIMARY KEY, a int, b int)", "CREATE TABLE whole (a int, b int)",
                "ALTER TABLE whole REPLICA IDENTITY FULL", "CREATE TABLE fine (id int PRIMARY KEY, \"a,B\" int, c int)",
                "GRANT SELECT ON ALL TABLES IN SCHEMA public TO " + user,
                "ALTER PUBLICATION p ADD TABLE keyless (a), whole (a), fine (id, c)");
        assertRefused(database, "keyless");
        mends(database, user, "replica identity", "public.keyless", Severity.WARNING);
        assertTaken(database, "keyless");
        assertRefused(database, "whole");
        mends(database, user, "replica identity", "public.whole", Severity.WARNING);
        assertTaken(database, "whole");
        PreflightFinding finding = find(preflight(database, user), "column list", "public.fine").orElseThrow();
        assertThat(finding.message()).endsWith("column(s) a,B");
        mends(database, user, "column list", "public.fine", Severity.INFORMATION);
    }

    @Test
    void row_filters(TestDatabase database) {
        assumeThat(database.server().major()).isGreaterThanOrEqualTo(COLUMN_LISTS);
        String user = prepare(database, "filters");
        database.execute("CREATE TABLE several (id int PRIMARY KEY, a int)", "CREATE TABLE keyed (id int PRIMARY KEY, a int)",
                "GRANT SELECT ON ALL TABLES IN SCHEMA public TO " + user,
                "ALTER PUBLICATION p ADD TABLE several WHERE (a > 1), keyed (id) WHERE (id > 1)");
        assertRefused(database, "several");
        mends(database, user, "replica identity", "public.several", Severity.WARNING);
        assertTaken(database, "several");
        mends(database, user, "row filter", "public.several", Severity.INFORMATION);
        assertThat(find(preflight(database, user), "row filter", "public.keyed").orElseThrow().message())
                .endsWith("(id > 1)");
        mends(database, user, "row filter", "public.keyed", Severity.INFORMATION);
        mends(database, user, "column list", "public.keyed", Severity.INFORMATION);
    }

    @ParameterizedTest
    @PostgresMajors
    void generated_columns(TestDatabase database, int major) {
        String user = prepare(database, "generated");
        database.execute("CREATE TABLE made (id int PRIMARY KEY, twice int GENERATED ALWAYS AS (id * 2) STORED)",
                "GRANT SELECT ON made TO " + user, "ALTER PUBLICATION p ADD TABLE made");
        if (major < 18) {
            PreflightFinding finding = find(preflight(database, user), "generated columns", "public.made").orElseThrow();
            assertThat(finding.sql()).isEmpty();
            assertThat(finding.advice()).contains("18");
            return;
        }
        database.execute("ALTER TABLE made REPLICA IDENTITY FULL", "INSERT INTO made VALUES (1)");
        assertThatThrownBy(() -> database.execute("UPDATE made SET id = 2")).hasStackTraceContaining("generated columns");
        assertThat(find(preflight(database, user), "replica identity", "public.made")).isPresent();
        mends(database, user, "generated columns", "public.made", Severity.INFORMATION);
        assertThat(find(preflight(database, user), "replica identity", "public.made")).isEmpty();
        database.execute("UPDATE made SET id = 2", "ALTER TABLE t ADD seen int GENERATED ALWAYS AS (id * 2) VIRTUAL");
        assertThat(find(preflight(database, user), "generated columns", "public.t").orElseThrow().message())
                .contains("Virtual");
    }

    @ParameterizedTest
    @PostgresMajors
    void types_that_no_codec_knows(TestDatabase database) {
        String user = prepare(database, "types");
        database.execute("CREATE TYPE own",
                "CREATE FUNCTION own_in(cstring) RETURNS own LANGUAGE internal IMMUTABLE STRICT AS 'textin'",
                "CREATE FUNCTION own_out(own) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout'",
                "CREATE TYPE own (INPUT = own_in, OUTPUT = own_out, LIKE = text)", "CREATE TYPE pair AS (a int, b own)",
                "CREATE TYPE mood AS ENUM ('sad')", "CREATE DOMAIN few AS int CHECK (VALUE < 9)",
                "ALTER TABLE t ADD known mood, ADD few few, ADD moods mood[], ADD one own, ADD many own[], ADD inside pair");
        assertThat(preflight(database, user).findings()).filteredOn(finding -> finding.check().equals("unknown type"))
                .extracting(PreflightFinding::where).containsExactly("public.t.one", "public.t.many", "public.t.inside");
    }

    @ParameterizedTest
    @PostgresMajors
    void settings_that_a_reload_changes(int major) {
        Map<String, String> settings = major < 18
                ? Map.of("max_slot_wal_keep_size", "100MB", "wal_sender_timeout", "2s")
                : Map.of("max_slot_wal_keep_size", "100MB", "wal_sender_timeout", "2s", "idle_replication_slot_timeout", "60s");
        try (PostgresServer server = PostgresServer.start(major, settings); TestDatabase database = server.createDatabase()) {
            String user = prepare(database, "reloader");
            mends(database, user, "max_slot_wal_keep_size", "server", Severity.WARNING);
            mends(database, user, "wal_sender_timeout", "server", Severity.WARNING);
            database.execute("ALTER SYSTEM SET wal_sender_timeout = 0", "ALTER SYSTEM SET max_slot_wal_keep_size = -1",
                    "SELECT pg_reload_conf()");
            awaitSetting(database, "wal_sender_timeout", "0");
            mends(database, user, "wal_sender_timeout", "server", Severity.INFORMATION);
            mends(database, user, "max_slot_wal_keep_size", "server", Severity.INFORMATION);
            if (major >= 18) {
                mends(database, user, "idle_replication_slot_timeout", "server", Severity.WARNING);
            }
        }
    }

    @ParameterizedTest
    @PostgresMajors
    void settings_that_need_a_restart(int major) {
        Map<String, String> settings = Map.of(
                "wal_level", "replica", "max_replication_slots", "1", "max_wal_senders", "1");
        try (PostgresServer server = PostgresServer.start(major, settings); TestDatabase database = server.createDatabase()) {
            String user = prepare(database, "restarter");
            database.execute("SELECT pg_create_physical_replication_slot('other')");
            PreflightFinding slots = find(preflight(database, user), "max_replication_slots", "server").orElseThrow();
            assertThat(slots.severity()).isEqualTo(Severity.BLOCKER);
            assertThat(slots.code()).isEqualTo(ErrorCode.OUT_OF_SLOTS);
            assertThat(slots.advice()).contains("pg_drop_replication_slot('other')");
            for (String check : List.of("wal_level", "max_replication_slots", "max_wal_senders")) {
                mends(database, user, check, "server", null);
            }
            assertThat(preflight(database, user).isReady()).isTrue();
        }
    }

    @ParameterizedTest
    @PostgresMajors
    void a_slot_that_is_lost(int major) {
        Map<String, String> settings = Map.of(
                "max_slot_wal_keep_size", "1MB", "min_wal_size", "32MB", "max_wal_size", "32MB", "wal_keep_size", "0");
        try (PostgresServer server = PostgresServer.start(major, settings); TestDatabase database = server.createDatabase()) {
            String user = prepare(database, "loser");
            String slot = SlotNames.applySlot(database.name(), "p");
            database.execute("SELECT pg_create_logical_replication_slot('" + slot + "', 'pgoutput')");
            Awaitility.await().until(() -> {
                database.execute("SELECT pg_switch_wal()",
                        "INSERT INTO t SELECT max(id) + 1 FROM (SELECT id FROM t UNION SELECT 0) i",
                        "CHECKPOINT");
                return "lost".equals(database.query("SELECT wal_status FROM pg_replication_slots", String.class));
            });
            mends(database, user, "slot", "slot " + slot, Severity.BLOCKER);
        }
    }

    @Test
    void a_standby_that_can_decode() {
        assumeThat(PostgresServer.shared().major()).isGreaterThanOrEqualTo(16);
        try (PostgresServer primary = PostgresServer.start(PostgresServer.shared().major());
             TestDatabase database = primary.createDatabase();
             PhysicalStandby standby = PhysicalStandby.of(primary, Map.of("hot_standby_feedback", "off"))) {
            String user = prepare(database, "reader");
            standby.awaitReplayed();
            PreflightReport report = preflight(standby.url(database.name()), user, "secret", "pgcdc");
            assertThat(report.facts()).containsEntry("role", "standby");
            assertThat(find(report, "standby", "server").orElseThrow().severity()).isEqualTo(Severity.INFORMATION);
            assertThat(find(report, "state", "schema pgcdc").orElseThrow().advice()).contains("stateUrl");
            PreflightFinding feedback = find(report, "hot_standby_feedback", "server").orElseThrow();
            feedback.sql().forEach(sql -> standby.execute(database.name(), sql));
            Awaitility.await().until(() -> find(
                    preflight(standby.url(database.name()), user, "secret", "pgcdc"), "hot_standby_feedback", "server")
                    .isEmpty());
        }
    }

    @ParameterizedTest
    @PostgresMajors
    void failover_slots_where_there_are_none(TestDatabase database, int major) {
        String user = prepare(database, "failover");
        PostgresConnections connections = connections(database.url(), user, "secret");
        PreflightReport report = new PgReplicationClient(connections).preflightReport(new PipelineNeeds(
                "p", "p", null, true, true, 4, 2, true, true, true, List.of(), null, null));
        assertThat(find(report, "failover slots", "server").isPresent()).isEqualTo(major < 17);
    }

    @ParameterizedTest
    @PostgresMajors
    void a_publication_that_the_start_will_make(TestDatabase database) {
        String user = prepare(database, "maker");
        database.execute("DROP PUBLICATION p");
        PostgresConnections connections = connections(database.url(), user, "secret");
        PipelineNeeds needs = new PipelineNeeds(
                "p", "p", null, true, true, 4, 2, true, false, true, TablePattern.parseAll("public.t", "tables"), null, null);
        PreflightReport report = new PgReplicationClient(connections).preflightReport(needs);
        PreflightFinding finding = find(report, "publication", "publication p").orElseThrow();
        assertThat(finding.severity()).isEqualTo(Severity.BLOCKER);
        database.execute(finding.sql().toArray(String[]::new));
        report = new PgReplicationClient(connections).preflightReport(needs);
        assertThat(find(report, "publication", "publication p").orElseThrow().severity()).isEqualTo(Severity.INFORMATION);
    }

    @Test
    void text_of_any_bytes_is_a_warning(TestDatabase database, PostgresServer server) {
        String user = prepare(database, "encoder");
        database.execute("CREATE DATABASE ascii_text TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'");
        try {
            PreflightReport report = preflight(server.url("ascii_text"), user, "secret", null);
            assertThat(find(report, "encoding", "database ascii_text").orElseThrow().severity()).isEqualTo(Severity.WARNING);
        } finally {
            database.execute("DROP DATABASE ascii_text WITH (FORCE)");
        }
    }

    @ParameterizedTest
    @PostgresMajors
    void a_pooler_in_between(TestDatabase database) throws Exception {
        String user = prepare(database, "pooled");
        try (PoolerBetween pooler = new PoolerBetween(database)) {
            PreflightReport report = preflight(pooler.url(), user, "secret", null);
            assertThat(report.facts()).containsEntry("pooler in between", "yes").containsEntry("replication connection",
                    "refused");
            assertThat(find(report, "pooler", "server").orElseThrow().severity()).isEqualTo(Severity.WARNING);
            PreflightFinding refused = find(report, "replication connection", "server").orElseThrow();
            assertThat(refused.severity()).isEqualTo(Severity.BLOCKER);
            assertThat(refused.advice()).contains("name the server itself");
        }
    }

    @Test
    void names_that_are_sql_or_control_characters_do_no_harm(TestDatabase database) {
        String user = prepare(database, "hostile");
        String name = "x\"; DROP TABLE t; --\n\u001b[2J'";
        String quoted = '"' + name.replace("\"", "\"\"") + '"';
        database.execute("CREATE SCHEMA " + quoted, "CREATE TABLE " + quoted + "." + quoted + " (" + quoted + " text)",
                "CREATE PUBLICATION " + quoted + " FOR TABLE " + quoted + "." + quoted,
                "GRANT USAGE ON SCHEMA " + quoted + " TO " + user, "GRANT SELECT ON " + quoted + "." + quoted + " TO " + user);
        PreflightReport report = preflight(database, user, name);
        assertThat(report.isReady()).isTrue();
        PreflightFinding finding = find(report, "replica identity", name + "." + name).orElseThrow();
        database.execute(finding.sql().toArray(String[]::new));
        assertThat(find(preflight(database, user, name), "replica identity", name + "." + name)).isEmpty();
        assertThat(report.toText()).doesNotContain("\u001b").doesNotContain("--\n");
        assertThat(database.count("t")).isZero();
    }

    @Test
    void a_server_that_can_not_be_reached_is_a_finding(TestDatabase database) {
        PreflightReport report = preflight("jdbc:postgresql://localhost:1/shop", "nobody", "hunter2", null);
        assertThat(report.isReady()).isFalse();
        assertThat(report.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.code()).isEqualTo(ErrorCode.CONNECTION);
            assertThat(finding.message()).contains("localhost:1/shop");
        });
        assertThat(report.toText() + report.toMap()).doesNotContain("hunter2");
        report = preflight(database.url(), "nobody", "hunter2", null);
        assertThat(report.findings()).singleElement().extracting(PreflightFinding::code).isEqualTo(ErrorCode.AUTHENTICATION);
        assertThat(report.toText() + report.toMap()).doesNotContain("hunter2");
    }

    /** The finding is there; its SQL is run; it is gone. */
    private static void mends(
            TestDatabase database, String user, String check, String where, Severity severity, String... replacement) {
        PreflightFinding finding = find(preflight(database, user), check, where).orElseThrow(
                () -> new AssertionError("no finding " + check + " at " + where + ":\n" + preflight(database, user).toText()));
        if (severity != null) {
            assertThat(finding.severity()).isEqualTo(severity);
        }
        assertThat(finding.sql()).isNotEmpty();
        String[] sql = finding.sql().stream()
                .map(statement -> replacement.length == 0 ? statement : statement.replace(replacement[0], replacement[1]))
                .toArray(String[]::new);
        database.execute(sql);
        if ("then restart the server".equals(finding.advice()) || check.startsWith("max_replication")) {
            database.server().restart();
        }
        if (finding.sql().contains("SELECT pg_reload_conf()")) {
            // The reload reaches other sessions in its own time.
            Awaitility.await().until(() -> find(preflight(database, user), check, where)
                    .filter(again -> again.equals(finding)).isEmpty());
        }
        assertThat(find(preflight(database, user), check, where)).as(String.join("; ", sql)).isEmpty();
    }

    private static void awaitSetting(TestDatabase database, String name, String value) {
        Awaitility.await().until(() -> database.query("SHOW " + name, String.class).equals(value));
    }

    private static Optional<PreflightFinding> find(PreflightReport report, String check, String where) {
        return report.findings().stream()
                .filter(finding -> finding.check().equals(check) && finding.where().equals(where)).findFirst();
    }

    /** PostgreSQL asks for the replica identity before it looks for rows. */
    private static void assertRefused(TestDatabase database, String table) {
        assertThatThrownBy(() -> assertTaken(database, table)).hasStackTraceContaining("cannot delete from table");
    }

    private static void assertTaken(TestDatabase database, String table) {
        database.execute("DELETE FROM " + table);
    }

    private static String prepare(TestDatabase database, String name) {
        String user = "pf_" + name;
        database.createUser(user, "secret", "REPLICATION");
        database.execute(GROUND);
        database.execute("GRANT SELECT ON t TO " + user, "ALTER SCHEMA pgcdc OWNER TO " + user);
        return user;
    }

    private static String version(TestDatabase database) {
        return database.query("SHOW server_version", String.class);
    }

    private static String contents(TestDatabase database) {
        return database.rows("SELECT relname, relkind, relnamespace::regnamespace::text FROM pg_class ORDER BY 1, 3").toString()
               + database.slots() + Arrays.asList(database.rows("SELECT rolname, rolconfig FROM pg_roles ORDER BY 1"))
               + database.rows("SELECT pubname, xmin::text FROM pg_publication");
    }

    private static PreflightReport preflight(TestDatabase database, String user) {
        return preflight(database.url(), user, "secret", "pgcdc");
    }

    private static PreflightReport preflight(TestDatabase database, String user, String publication) {
        return preflight(database.url(), user, "secret", "pgcdc", publication);
    }

    private static PreflightReport preflight(String url, String user, String password, String stateSchema) {
        return preflight(url, user, password, stateSchema, "p");
    }

    private static PreflightReport preflight(
            String url, String user, String password, String stateSchema, String publication) {
        PostgresConnections connections = connections(url, user, password);
        return new PgReplicationClient(connections).preflightReport(new PipelineNeeds(
                "p", publication, null, true, true, 4, 2, true, false, true, List.of(),
                stateSchema == null ? null : connections,
                stateSchema));
    }

    private static PostgresConnections connections(String url, String user, String password) {
        return new PostgresConnections(new ConnectionSettings(url, user, password, "preflight test"));
    }
}

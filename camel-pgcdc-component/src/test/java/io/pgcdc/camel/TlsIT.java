package io.pgcdc.camel;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.pgcdc.testing.PostgresServer;
import io.pgcdc.testing.TestDatabase;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * TLS as it should be: verify-full against a private authority, and a certificate of the user's that the server checks,
 * in copies, streams and the state alike. What is not in order is refused at once, with a word on what to do.
 */
class TlsIT {

    private static final String USER = "tls_user";

    @TempDir
    private static Path directory;
    private static TestAuthority authority;
    private static TestAuthority.Signed client;
    private static PostgresServer server;
    private static TestDatabase database;

    @BeforeAll
    static void startServer() throws Exception {
        authority = TestAuthority.create(directory, "authority");
        client = authority.sign(USER);
        TestAuthority.Signed certificate = authority.sign("localhost", "san=dns:localhost");
        // A setting of its own, so that this is not tried on a server that somebody else runs.
        server = PostgresServer.start(
                PostgresServer.shared().major(), Map.of("ssl_min_protocol_version", "TLSv1.2"));
        database = server.createDatabase();
        database.createUser(USER, "secret", "REPLICATION");
        Path data = Path.of(database.query("SHOW data_directory", String.class));
        write(data.resolve("server.crt"), Files.readString(certificate.certificate()));
        write(data.resolve("server.key"), certificate.keyAsPem());
        write(data.resolve("root.crt"), Files.readString(authority.certificate()));
        write(Path.of(database.query("SHOW hba_file", String.class)), """
                host    all %s                                  all scram-sha-256
                hostssl all %s                                  all scram-sha-256 clientcert=verify-full
                """.formatted(server.username(), USER));
        database.execute("ALTER SYSTEM SET ssl_ca_file = 'root.crt'", "ALTER SYSTEM SET ssl = on", "SELECT pg_reload_conf()",
                "CREATE TABLE t (id bigint PRIMARY KEY, v text)",
                "INSERT INTO t SELECT i, repeat('x', 500) FROM generate_series(1, 5000) i",
                "CREATE PUBLICATION mypub FOR TABLE t", "GRANT SELECT ON t TO " + USER,
                "CREATE SCHEMA pgcdc AUTHORIZATION " + USER);
        Awaitility.await().until(() -> "on".equals(database.query("SHOW ssl", String.class)));
    }

    @AfterAll
    static void stopServer() {
        database.close();
        server.close();
    }

    @Test
    void every_connection_is_verified_and_encrypted() throws Exception {
        Model model = new Model();
        CountDownLatch copying = new CountDownLatch(1);
        CountDownLatch looked = new CountDownLatch(1);
        try (RouteUnderTest route = RouteUnderTest.start(
                database, options(url("localhost", authority, client)) + "&copyRangeBytes=65536&batching=true", exchange -> {
                    copying.countDown();
                    looked.await(120, TimeUnit.SECONDS);
                    model.apply(exchange);
                })) {
            assertThat(copying.await(120, TimeUnit.SECONDS)).isTrue();
            assertEncrypted("COPY"); // both connections of the copy
            looked.countDown();
            route.awaitReady();
            database.execute("UPDATE t SET v = 'y' WHERE id = 1");
            route.awaitCaughtUp();
            assertEncrypted("START_REPLICATION");
        }
        assertThat(model.rows("t")).hasSize(5000);
        assertThat(model.rows("t").get(0)).contains("v=y");
    }

    @Test
    void a_server_of_another_authority_is_refused() throws Exception {
        TestAuthority other = TestAuthority.create(directory, "other");
        assertRefused(url("localhost", other, client), "sslrootcert", "vouches for");
    }

    @Test
    void a_server_with_another_name_is_refused() {
        assertRefused(url("127.0.0.1", authority, client), "another host");
    }

    @Test
    void a_client_without_a_certificate_is_refused() {
        assertRefused(url("localhost", authority, null), "sslcert and sslkey");
    }

    @Test
    void a_client_of_another_authority_or_name_is_refused() throws Exception {
        TestAuthority stranger = TestAuthority.create(directory, "stranger");
        assertRefused(url("localhost", authority, stranger.sign(USER)), "sslcert and sslkey");
        // The server says no more than that somebody is not let in.
        assertRefused(url("localhost", authority, authority.sign("somebody_else")), "whose the client's certificate is");
    }

    @Test
    void a_file_that_is_not_there_or_that_others_may_read_is_said() throws Exception {
        String url = url("localhost", authority, client);
        assertRefused(url.replace(client.certificate().toString(), "nowhere.crt"), "sslcert", "have to be there");
        assertRefused(url.replace(authority.certificate().toString(), "nowhere.crt"), "sslrootcert", "have to be there");
        TestAuthority.Signed open = authority.sign("open");
        Files.setPosixFilePermissions(open.key(), PosixFilePermissions.fromString("rw-r--r--"));
        assertRefused(url("localhost", authority, open), "chmod 600");
    }

    @Test
    void a_client_without_tls_is_refused() {
        assertRefused("jdbc:postgresql://localhost:" + server.port() + "/" + database.name() + "?sslmode=disable",
                "sslmode=verify-full");
    }

    @Test
    void a_server_without_tls_is_refused() {
        try (TestDatabase plain = PostgresServer.shared().createDatabase()) {
            assertRefused(plain.url() + "?sslmode=require", "ssl_cert_file");
        }
    }

    private static void assertRefused(String url, String... parts) {
        ThrowingCallable start = () -> RouteUnderTest.start(database, options(url), exchange -> {
        });
        assertThatThrownBy(start).satisfies(error -> {
            StringBuilder messages = new StringBuilder();
            for (Throwable cause = error; cause != null; cause = cause.getCause()) {
                messages.append(cause.getMessage()).append('\n');
            }
            assertThat(messages.toString()).contains(parts).doesNotContain("secret");
        });
    }

    /** Of all sessions of the user, among them some that run what is named. */
    private static void assertEncrypted(String command) {
        List<Map<String, Object>> sessions = database
                .rows("""
                        SELECT a.query, a.application_name, s.ssl, s.version, s.client_dn FROM pg_stat_activity a JOIN pg_stat_ssl s USING (pid)
                         WHERE a.usename = '%s'"""
                        .formatted(USER));
        assertThat(sessions).hasSizeGreaterThanOrEqualTo(2).allSatisfy(session -> {
            assertThat(session).containsEntry("ssl", true).containsEntry("client_dn", "/CN=" + USER);
            assertThat((String) session.get("version")).startsWith("TLSv1.");
        });
        assertThat(sessions).anyMatch(session -> ((String) session.get("query")).startsWith(command));
    }

    private static String options(String url) {
        return "url=RAW(" + url + ")&username=" + USER + "&password=secret";
    }

    private static String url(String host, TestAuthority trusted, TestAuthority.Signed own) {
        String url = "jdbc:postgresql://" + host + ":" + server.port() + "/" + database.name()
                     + "?sslmode=verify-full&sslrootcert="
                     + trusted.certificate();
        // The driver looks for certificates in the home directory if none are named; an empty name is none at all.
        return own == null
                ? url + "&sslcert=&sslkey="
                : url + "&sslcert=" + own.certificate() + "&sslkey=" + own.key();
    }

    /** By the server itself, so that the file is its own. */
    private static void write(Path file, String text) {
        // keytool ends lines as mails do, which COPY would print as an escape.
        String quoted = text.replace("\r", "").replace("'", "''");
        database.execute(
                "COPY (SELECT regexp_split_to_table('" + quoted.strip() + "', '\\n')) TO PROGRAM 'umask 077; cat > " + file
                         + "'");
    }
}

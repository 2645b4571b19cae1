package io.pgcdc.routes;

import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;

import io.pgcdc.camel.PgCdcComponent;
import io.pgcdc.camel.PgCdcConsumer;
import io.pgcdc.routes.jdbc.Mirror;
import io.pgcdc.routes.jdbc.SinkDatabase;
import io.pgcdc.routes.kafka.KafkaBroker;
import io.pgcdc.routes.kafka.KafkaFormat;
import io.pgcdc.routes.kafka.KafkaSink;
import io.pgcdc.testing.PostgresServer;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** One reader, partitions by key, and a group of consumers that keep one sink: docs/kafka.md, "Scaling out". */
@PostgresTest
class ScaleOutIT {

    private static final Duration LONGEST = Duration.ofSeconds(120);
    private static final long SEED = 20261123;

    @Test
    void a_group_keeps_the_sink_though_one_of_its_two_members_is_killed(TestDatabase source) throws Exception {
        source.execute("CREATE TABLE accounts (id bigint PRIMARY KEY, owner text, balance numeric(12,2), seen timestamptz)",
                "CREATE TABLE bookings (account bigint, number int, amount numeric(12,2), data jsonb, PRIMARY KEY (account, number))",
                "INSERT INTO accounts SELECT i, 'o' || i, i, now() FROM generate_series(1, 2000) i",
                "INSERT INTO bookings SELECT i, 1, i / 3.0, '{}' FROM generate_series(1, 2000) i",
                "CREATE PUBLICATION mypub FOR TABLE accounts, bookings");
        String prefix = source.name() + ".";
        String topics = prefix + "public.accounts," + prefix + "public.bookings";
        for (String topic : topics.split(",")) {
            KafkaBroker.shared().createTopic(topic, 4, Map.of());
        }
        try (SinkDatabase sink = SinkDatabase.forOtherProcess(SinkDatabase.Kind.POSTGRES, PostgresServer.shared());
             DefaultCamelContext reader = new DefaultCamelContext()) {
            read(reader, source, prefix);
            Process killed = member("killed", topics, sink);
            Process other = member("other", topics, sink);
            try {
                Awaitility.await().atMost(LONGEST).until(() -> isWritten(sink));
                Random random = new Random(SEED);
                for (int i = 1; i <= 300; i++) {
                    work(source, random, i);
                    if (i == 150) {
                        killed.destroyForcibly().waitFor();
                    }
                    if (i == 230) {
                        ((PgCdcConsumer) reader.getRoute("reader").getConsumer()).resyncTable("public.bookings");
                    }
                }
                Awaitility.await().atMost(LONGEST).pollInterval(Duration.ofSeconds(1))
                        .untilAsserted(() -> Mirror.assertEqual(source, sink, "accounts", "bookings"));
            } finally {
                killed.destroyForcibly().waitFor();
                other.destroyForcibly().waitFor();
            }
        }
    }

    private static void read(DefaultCamelContext reader, TestDatabase source, String prefix) throws Exception {
        PgCdcComponent pgcdc = reader.getComponent("pgcdc", PgCdcComponent.class);
        pgcdc.getConfiguration().setUrl(source.url());
        pgcdc.getConfiguration().setUsername(source.username());
        pgcdc.getConfiguration().setPassword(source.password());
        KafkaSink kafka = new KafkaSink();
        kafka.setBrokers(KafkaBroker.shared().address());
        kafka.setTopic(prefix + "{schema}.{table}");
        kafka.setFormat(KafkaFormat.CBOR);
        reader.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("pgcdc:mypub?batching=true").routeId("reader").process(kafka);
            }
        });
        reader.start();
    }

    /** Changes of rows, of keys, of the shape, and truncates. */
    private static void work(TestDatabase source, Random random, int number) {
        int account = 1 + random.nextInt(2000);
        source.execute(
                "BEGIN; UPDATE accounts SET balance = balance + 1.25, seen = now() WHERE id = " + account
                       + "; INSERT INTO bookings VALUES (" + account + ", " + (1 + number) + ", 1.25, '{\"n\": " + number
                       + "}'); COMMIT",
                "DELETE FROM bookings WHERE account = " + random.nextInt(2000) + " AND number = 1",
                "UPDATE accounts SET id = id + 100000 WHERE id = " + random.nextInt(2000));
        if (number == 100 || number == 140) {
            source.execute("TRUNCATE bookings");
        }
        if (number == 200) {
            source.execute("ALTER TABLE accounts ADD COLUMN note text DEFAULT 'none'",
                    "UPDATE accounts SET note = 'some' WHERE id % 7 = 0", "ALTER TABLE accounts ADD COLUMN more int DEFAULT 5",
                    "UPDATE accounts SET more = 6 WHERE id % 11 = 0");
        }
    }

    private static boolean isWritten(SinkDatabase sink) {
        return !sink.texts("SELECT FROM pg_tables WHERE schemaname = 'public' AND tablename = 'accounts'").isEmpty()
                && Integer.parseInt(sink.text("SELECT count(*) FROM accounts")) > 500;
    }

    private static Process member(String name, String topics, SinkDatabase sink) throws IOException {
        File log = new File("target/scale-out-" + name + ".log");
        log.delete();
        ProcessBuilder builder = new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"), "-Xmx256m", "-Xshare:auto", "-XX:TieredStopAtLevel=1",
                "-cp", Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .map(entry -> new File(entry).getAbsolutePath())
                        .collect(Collectors.joining(File.pathSeparator)),
                GroupMember.class.getName())
                .redirectErrorStream(true).redirectOutput(log);
        builder.environment().putAll(Map.of(
                GroupMember.BROKERS, KafkaBroker.shared().address(), GroupMember.TOPICS, topics, GroupMember.SINK,
                sink.options()));
        return builder.start();
    }
}

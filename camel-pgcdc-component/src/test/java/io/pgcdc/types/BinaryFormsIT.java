package io.pgcdc.types;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.Objects;
import java.util.Random;

import io.pgcdc.postgres.ConnectionSettings;
import io.pgcdc.postgres.PostgresConnections;
import io.pgcdc.testing.PostgresMajors;
import io.pgcdc.testing.TestDatabase;
import org.junit.jupiter.params.ParameterizedTest;

import static org.assertj.core.api.Assertions.assertThat;

/** A server's own binary forms against its own texts. {@code -Dpgcdc.test.seed} repeats a run. */
class BinaryFormsIT {

    private static final int VALUES_OF_EACH_TYPE = 2_000;

    @ParameterizedTest
    @PostgresMajors
    void the_binary_form_of_a_value_gives_exactly_what_its_text_gives(TestDatabase database) throws Exception {
        long seed = Long.getLong("pgcdc.test.seed", System.nanoTime());
        System.out.println("binary forms: repeat with -Dpgcdc.test.seed=" + seed);
        RandomText texts = new RandomText(new Random(seed), database.server().major());
        ConnectionSettings settings = new ConnectionSettings(
                database.url(), database.username(), database.password(), "test");
        try (Connection connection = new PostgresConnections(settings).plain()) {
            for (KnownType type : KnownTypes.ALL) {
                if (type.hasBinary()) {
                    compare(connection, type, texts);
                }
            }
        }
    }

    private static void compare(Connection connection, KnownType type, RandomText texts) throws Exception {
        String[] values = new String[VALUES_OF_EACH_TYPE];
        for (int i = 0; i < values.length; i++) {
            values[i] = texts.of(type.name());
        }
        String sql = "SELECT textsend(concat(value)), " + send(connection, type) + "(value) FROM (SELECT text::" + type.name()
                     + " FROM unnest(?::text[]) text) v (value)";
        int compared = 0;
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setArray(1, connection.createArrayOf("text", values));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    compare(type, row.getBytes(1), row.getBytes(2));
                    compared++;
                }
            }
        }
        assertThat(compared).as(type.name()).isEqualTo(VALUES_OF_EACH_TYPE);
    }

    private static String send(Connection connection, KnownType type) throws Exception {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT typsend::text FROM pg_type WHERE oid = ?::bigint::oid")) {
            statement.setLong(1, type.oid());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getString(1);
            }
        }
    }

    private static void compare(KnownType type, byte[] text, byte[] binary) {
        for (ValueStyle style : ValueStyle.values()) {
            Object expected = Decoding.decode(type.codec(style), text);
            Object actual = Decoding.decode(type.binaryCodec(style), binary);
            assertThat(actual).as(() -> "%s, %s, text %s".formatted(
                    type.name(), style, new String(text, StandardCharsets.UTF_8))).isEqualTo(expected)
                    .hasSameClassAs(expected)
                    .matches(value -> value instanceof byte[] || Objects.equals(value.toString(), expected.toString()));
        }
    }
}

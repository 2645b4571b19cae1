package io.pgcdc.types;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

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
        String from = " FROM (SELECT text::" + type.name() + " FROM unnest(?::text[]) text) v (value)";
        compare(connection, "SELECT textsend(concat(value)), " + send(connection, type) + "(value)" + from, values,
                type.name(), type::codec, type::binaryCodec);
        String arrays = " CROSS JOIN LATERAL (VALUES (ARRAY[value]), (ARRAY[value, NULL, value]), (ARRAY[]::" + type.name()
                        + "[]), (ARRAY[[[value], [NULL::" + type.name() + "]], [[value], [value]]])) a (array_of_it)";
        compare(connection, "SELECT textsend(concat(array_of_it)), array_send(array_of_it)" + from + arrays,
                Arrays.copyOfRange(values, 1, VALUES_OF_EACH_TYPE / 10), type.name() + "[]", type::arrayCodec,
                type::binaryArrayCodec);
    }

    private static void compare(
            Connection connection, String sql, String[] values, String type, Function<ValueStyle, ColumnCodec> textCodec,
            Function<ValueStyle, ColumnCodec> binaryCodec)
            throws SQLException {
        int compared = 0;
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setArray(1, connection.createArrayOf("text", values));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    for (ValueStyle style : ValueStyle.values()) {
                        compare(type + ", " + style, textCodec.apply(style), row.getBytes(1), binaryCodec.apply(style),
                                row.getBytes(2));
                    }
                    compared++;
                }
            }
        }
        assertThat(compared).as(type).isGreaterThanOrEqualTo(values.length);
    }

    private static String send(Connection connection, KnownType type) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT typsend::text FROM pg_type WHERE oid = ?::bigint::oid")) {
            statement.setLong(1, type.oid());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getString(1);
            }
        }
    }

    private static void compare(
            String what, ColumnCodec textCodec, byte[] text, ColumnCodec binaryCodec, byte[] binary) {
        Object expected = Decoding.decode(textCodec, text);
        Object actual = Decoding.decode(binaryCodec, binary);
        assertThat(told(actual)).as(() -> what + ", text " + new String(text, StandardCharsets.UTF_8))
                .isEqualTo(told(expected));
    }

    /** All that there is to a value: its class, and its text, which for a number tells its scale and its sign. */
    private static Object told(Object value) {
        if (value instanceof List<?> list) {
            return list.stream().map(BinaryFormsIT::told).toList();
        }
        String text = value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : String.valueOf(value);
        return (value == null ? "" : value.getClass().getName()) + ' ' + text;
    }
}

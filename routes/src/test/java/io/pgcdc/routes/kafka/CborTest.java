package io.pgcdc.routes.kafka;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

import io.pgcdc.model.Column;
import io.pgcdc.model.ReplicaIdentity;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableSchema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CborTest {

    static Stream<Object> values() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("b", 1);
        map.put("a", null);
        map.put("", List.of(Map.of("deep", 5L)));
        return Stream.of(
                0, 1, -1, 23, 24, 255, 256, Integer.MIN_VALUE, Integer.MAX_VALUE, 0L, 1L, -1L, 42L, 1L << 31, Long.MIN_VALUE,
                Long.MAX_VALUE, 0f, -0f, 1.1f, Float.MIN_VALUE, Float.MAX_VALUE, 0d, -0d, 0.1, Double.MIN_VALUE,
                Double.MAX_VALUE, true, false, "", "Straße \uD83D\uDE00 \u0000", "x".repeat(100_000),
                BigDecimal.ZERO, new BigDecimal("0.00"), new BigDecimal("1.50"), new BigDecimal("-99999999999999999999.01"),
                new BigDecimal("1e-16383"), new BigDecimal("7".repeat(131_072)), new BigDecimal("1E+5").setScale(0),
                Arrays.asList(1, null, 2L, "x"), new ArrayList<>(), map, Map.of());
    }

    @ParameterizedTest
    @MethodSource("values")
    void a_value_comes_back_as_it_was_and_of_the_same_type(Object value) {
        Object back = Cbor.read(Cbor.write(value));

        assertThat(back).isEqualTo(value);
        if (!(value instanceof List || value instanceof Map)) {
            assertThat(back).hasSameClassAs(value);
        }
        if (value instanceof Map<?, ?> map) {
            assertThat(new ArrayList<Object>(((Map<?, ?>) back).keySet())).isEqualTo(new ArrayList<Object>(map.keySet()));
        }
    }

    @Test
    void a_shape_comes_back_with_what_older_rows_have_in_a_new_column() {
        Column column = new Column("c", 23, "integer", -1, false, false, 2, "9", "7");
        TableSchema shape = new TableSchema(new TableId("public", "t"), 16_400, ReplicaIdentity.DEFAULT, List.of(column));
        TableSchema back = CborShape.read(CborShape.write(shape));
        assertThat(back).isEqualTo(shape);
        assertThat(back.columns().get(0).missingValue()).isEqualTo("7");
    }

    @Test
    void null_comes_back() {
        assertThat(Cbor.read(Cbor.write(null))).isNull();
    }

    @Test
    void other_types_are_refused_without_telling_the_value() {
        assertThatThrownBy(() -> Cbor.write(UUID.randomUUID())).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The format cbor needs values=portable, which have no java.util.UUID");
    }

    @Test
    void bytes_that_are_no_cbor_are_refused() {
        assertThatThrownBy(() -> Cbor.read(new byte[0])).hasMessage("not CBOR: 0 bytes");
        assertThatThrownBy(() -> Cbor.read(new byte[] { (byte) 0x9f, 1 })).hasMessage("not CBOR: 2 bytes");
    }
}

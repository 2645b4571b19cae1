package io.pgcdc.torture;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

import io.pgcdc.model.Operation;
import io.pgcdc.model.Position;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class DeliveredTest {

    @Test
    void what_is_written_to_the_wire_is_read_from_it() throws IOException {
        Map<String, String> row = new LinkedHashMap<>();
        row.put("id", "1");
        row.put("note", null);
        row.put("name", "ä€𝄞");
        Delivered change = new Delivered(Operation.UPDATE, "customers", false, new Position(-1, 7), row, Map.of("id", "2"));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        change.write(new DataOutputStream(bytes));

        assertThat(Delivered.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())))).isEqualTo(change);
    }

    @Test
    void a_moment_has_one_text_whatever_its_offset() {
        assertThat(ValueText.of("2026-01-01T01:00:00.5+01:00")).isEqualTo(ValueText.of("2026-01-01T00:00:00.500000Z"));
    }

    @Test
    void long_text_is_known_by_its_checksum() {
        assertThat(ValueText.of("x".repeat(1_000))).isNotEqualTo(ValueText.of("y".repeat(1_000))).hasSizeLessThan(50);
    }
}

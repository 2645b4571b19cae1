package io.pgcdc.examples.quickstart;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The README's first command, for a second. */
class ShopRunIT {

    @Test
    void the_first_command_answers_its_query_and_proves_that_both_sides_are_equal(@TempDir Path directory) throws Exception {
        assertThat(run(directory, "SELECT count(*) AS n, 'asked' AS what FROM customers WHERE id <= 7", 0))
                .containsPattern("\\| +7 \\| asked \\|").contains("public.order_items", "Both sides are equal")
                .doesNotContain("differ");
    }

    @Test
    void sides_that_differ_in_one_value_are_told(@TempDir Path directory) throws Exception {
        assertThat(run(directory, "UPDATE order_items SET quantity = quantity + 1 WHERE order_id = 1 AND position = 1", 1))
                .contains("The sides differ").doesNotContain("Both sides are equal");
    }

    private static String run(Path directory, String query, int expected) throws Exception {
        Settings settings
                = new Settings(
                        Optional.empty(), Optional.of(Duration.ofSeconds(1)), directory, Optional.of(query),
                        OptionalInt.empty());
        PrintStream console = System.out;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
        try (EmbeddedShop shop = EmbeddedShop.start(directory.resolve("postgres.log"));
             DuckDbFile file = DuckDbFile.open(settings.file())) {
            assertThat(new ShopRun(settings, shop, file, new StopSignal()).run()).isEqualTo(expected);
        } finally {
            System.setOut(console);
        }
        return said.toString(StandardCharsets.UTF_8);
    }
}

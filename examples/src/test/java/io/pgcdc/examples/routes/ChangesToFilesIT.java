package io.pgcdc.examples.routes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

@PostgresTest
class ChangesToFilesIT {

    private static final String FILE = "changes-to-files.camel.yaml";

    @BeforeEach
    void createShop(TestDatabase database) {
        ShopRoute.createShop(database);
    }

    @Test
    void a_change_is_a_file_and_one_that_could_not_be_written_comes_again(TestDatabase database, @TempDir Path directory)
            throws Exception {
        Path inTheWay = Files.createFile(directory.resolve("orders"));
        try (ShopRoute route = new ShopRoute(FILE, database, Map.of("files.directory", directory))) {
            route.awaitFailure();
            Files.delete(inTheWay);
            route.awaitCaughtUp();
            ShopRoute.change(database);
            route.awaitCaughtUp();
        }

        assertThat(lines(directory)).containsExactly(
                "read {\"id\":1,\"item\":\"tea\",\"price\":2.50}", "update {\"id\":1,\"item\":\"tea\",\"price\":3.00}",
                "delete {\"id\":1}");
    }

    @Test
    void what_comes_again_replaces_its_file(TestDatabase database, @TempDir Path directory) throws Exception {
        try (ShopRoute route = new ShopRoute(
                FILE, database, Map.of("files.directory", directory, "faults", ShopRoute.losingAnswers(2)))) {
            route.awaitCaughtUp();
            ShopRoute.change(database);
            route.awaitCaughtUp();
            route.awaitFailure();
        }

        assertThat(lines(directory)).extracting(line -> line.split(" ")[0]).containsExactly("read", "update", "delete");
    }

    /** The operation and the line of each file, in the order of their names. */
    private static List<String> lines(Path directory) throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                String text = Files.readString(file);
                assertThat(text).endsWith("\n");
                lines.add(file.getFileName().toString().split("\\.")[1] + ' ' + text.strip());
            }
        }
        return lines;
    }
}

package io.pgcdc.examples.routes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** docs/routes.md shows the files that tests run, and each of them. */
class RoutesDocumentTest {

    private static final Path DOCUMENT = Path.of("docs", "routes.md");
    private static final Path ROUTES = Path.of("examples/src/main/resources/routes");
    private static final String FENCE = "```";

    @Test
    void the_document_shows_every_file_as_it_is() throws IOException {
        String document = Files.readString(fromRoot(DOCUMENT));
        try (Stream<Path> files = Files.list(fromRoot(ROUTES))) {
            for (Path file : files.sorted().toList()) {
                assertThat(document).as(file.toString())
                        .contains("\n" + FENCE + "yaml\n" + Files.readString(file) + FENCE + "\n");
            }
        }
        try (Stream<Path> files = Files.list(fromRoot(ROUTES))) {
            assertThat(document.split("\n" + FENCE + "yaml\n").length - 1).as("blocks").isEqualTo((int) files.count());
        }
    }

    /** Maven runs tests in the module's directory, some editors in the root. */
    private static Path fromRoot(Path path) {
        return Files.exists(path) ? path : Path.of("..").resolve(path);
    }
}

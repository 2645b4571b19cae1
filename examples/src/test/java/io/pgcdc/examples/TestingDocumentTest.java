package io.pgcdc.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The test in docs/testing.md is one that is run here. */
class TestingDocumentTest {

    private static final Path DOCUMENT = Path.of("docs", "testing.md");
    private static final Path SHOWN = Path.of("examples/src/test/java/io/pgcdc/examples/OrdersRouteIT.java");
    private static final String FENCE = "```";

    @Test
    void the_document_shows_the_test_as_it_is_in_20_lines() throws IOException {
        String source = Files.readString(fromRoot(SHOWN));
        String shown = source.substring(source.indexOf("@PostgresTest\n"));

        assertThat(firstJavaBlock(Files.readString(fromRoot(DOCUMENT)))).as(DOCUMENT + " and " + SHOWN).isEqualTo(shown);
        assertThat(shown.lines()).hasSizeLessThanOrEqualTo(20);
    }

    private static String firstJavaBlock(String markdown) {
        String open = FENCE + "java\n";
        int from = markdown.indexOf(open) + open.length();
        return markdown.substring(from, markdown.indexOf(FENCE, from));
    }

    /** Maven runs tests in the module's directory, some editors in the root. */
    private static Path fromRoot(Path path) {
        return Files.exists(path) ? path : Path.of("..").resolve(path);
    }
}

package io.pgcdc.routes.jdbc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

import static org.assertj.core.api.Assertions.assertThat;

/** The page docs/jdbc.md. {@code -Dpgcdc.readme.write=true} writes its tables anew. */
final class JdbcDocument {

    private JdbcDocument() {
    }

    /** Fails unless the text between the markers of a section is as expected. */
    static void assertSection(String name, String expected) throws IOException {
        String open = "<!-- " + name + " -->\n";
        String text = text();
        assertThat(text).contains(open, "<!-- /" + name + " -->");
        int from = text.indexOf(open) + open.length();
        int to = text.indexOf("<!-- /" + name + " -->");
        if (Boolean.getBoolean("pgcdc.readme.write")) {
            Files.writeString(path(), text.substring(0, from) + expected + text.substring(to));
            return;
        }
        assertThat(text.substring(from, to))
                .as("docs/jdbc.md between the markers '" + name + "'; -Dpgcdc.readme.write=true writes it")
                .isEqualTo(expected);
    }

    /** The code that is shown in a language. */
    static List<String> blocks(String language) {
        return Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(text()).results()
                .map(match -> match.group(1)).toList();
    }

    private static String text() {
        try {
            return Files.readString(path());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Maven runs tests in the module's directory, some editors in the root. */
    private static Path path() {
        Path inRoot = Path.of("docs", "jdbc.md");
        return Files.exists(inRoot) ? inRoot : Path.of("..").resolve(inRoot);
    }
}

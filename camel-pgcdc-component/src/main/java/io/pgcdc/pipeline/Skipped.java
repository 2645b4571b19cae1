package io.pgcdc.pipeline;

import io.pgcdc.model.Lsn;

/**
 * What a skip has left out: the transactions of the slot that were committed between two positions. Changes that the
 * destination had already got of them stay with it.
 */
public record Skipped(String slot, Lsn from, Lsn to) {
}

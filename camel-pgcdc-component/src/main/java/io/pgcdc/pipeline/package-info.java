/**
 * Moves rows and changes from the source to a {@link io.pgcdc.pipeline.Destination}: the pipeline with its apply worker
 * and table sync workers, the hand-over between them, batches, acknowledgement and retries. It knows no wire format, no
 * SQL and no Camel; what is complete and may be confirmed is decided here and nowhere else.
 */
package io.pgcdc.pipeline;

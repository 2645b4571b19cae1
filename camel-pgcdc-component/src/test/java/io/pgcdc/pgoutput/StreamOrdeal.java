package io.pgcdc.pgoutput;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableSchema;
import io.pgcdc.model.Transaction;
import io.pgcdc.types.Codecs;
import io.pgcdc.types.ValueStyle;

/**
 * Gives messages to {@link PgOutputDecoder}. The first byte of an input chooses the style of the values, and whether a
 * transaction has begun and announced some tables; the messages follow as {@link Frames}. Refused messages don't end
 * it: the decoder must bear the next ones, too.
 */
final class StreamOrdeal implements Ordeal {

    static final int JAVA_STYLE = 1;
    static final int UNKNOWN_TYPES_TO_BYTES = 2;
    static final int IN_TRANSACTION = 4;

    private static final List<byte[]> PROLOGUE = List.of(
            Feed.beginFirst(), Feed.item(), Feed.whole(), Feed.empty(), EveryType.relation());
    private static final String PLACE = "LSN " + Lsn.toString(Feed.LSN);

    @Override
    public void undergo(byte[] input, Trial trial) {
        int options = input.length == 0 ? 0 : input[0];
        ValueStyle style = (options & JAVA_STYLE) != 0 ? ValueStyle.JAVA : ValueStyle.PORTABLE;
        Codecs codecs = EveryType.codecs(style, (options & UNKNOWN_TYPES_TO_BYTES) != 0);
        Gatherer gatherer = new Gatherer();
        PgOutputDecoder decoder = new PgOutputDecoder(codecs, gatherer, style);
        if ((options & IN_TRANSACTION) != 0) {
            PROLOGUE.forEach(message -> decoder.decode(message, 0, message.length, Feed.LSN));
        }
        boolean silent = true;
        for (byte[] message : Frames.split(input, 1)) {
            silent &= !(announces(message) && holdsSecret(message));
            gatherer.silent = silent;
            trial.decode(
                    message.length, PLACE, silent, () -> decoder.decode(message, 0, message.length, Feed.LSN));
            for (ChangeEvent event : gatherer.take()) {
                read(event, silent);
            }
        }
    }

    /** Whether it gives names to tables, columns or types, which errors do tell. */
    private static boolean announces(byte[] message) {
        return message.length > 0 && (message[0] == 'R' || message[0] == 'Y');
    }

    private static boolean holdsSecret(byte[] message) {
        return new String(message, StandardCharsets.ISO_8859_1).contains(Trial.SECRET);
    }

    private static void read(ChangeEvent event, boolean silent) {
        Values.read(event.values());
        Values.read(event.key().values());
        if (event.before() != null) {
            Values.read(event.before().values());
        }
        event.unchanged().forEach(String::hashCode);
        event.eventId();
        if (silent && event.toString().contains(Trial.SECRET)) {
            throw new AssertionError("an event tells a value as it tells itself");
        }
    }

    /** Wants everything. */
    private static final class Gatherer implements ChangeListener {

        private List<ChangeEvent> events = new ArrayList<>();
        private boolean silent;

        List<ChangeEvent> take() {
            List<ChangeEvent> taken = events;
            events = new ArrayList<>();
            return taken;
        }

        @Override
        public void begin(Transaction transaction) {
        }

        @Override
        public Subscription relation(TableSchema announced, Transaction transaction, long lsn) {
            return new Subscription() {
                @Override
                public TableSchema schema() {
                    return announced;
                }

                @Override
                public boolean accepts(long commitLsn) {
                    return true;
                }
            };
        }

        @Override
        public void change(ChangeEvent event) {
            events.add(event);
        }

        @Override
        public void undecodable(ChangeEvent event, PgCdcException cause) {
            read(event, silent);
            throw cause;
        }

        @Override
        public void message(ChangeEvent message, boolean transactional) {
            events.add(message);
        }

        @Override
        public void commit(Transaction transaction, long endLsn, long changes) {
        }
    }
}

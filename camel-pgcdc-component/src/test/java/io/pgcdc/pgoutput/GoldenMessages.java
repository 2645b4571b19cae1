package io.pgcdc.pgoutput;

import java.util.LinkedHashMap;
import java.util.Map;

import static io.pgcdc.pgoutput.Feed.EMPTY;
import static io.pgcdc.pgoutput.Feed.ITEM;
import static io.pgcdc.pgoutput.Feed.WHOLE;
import static io.pgcdc.pgoutput.PgOutputBytes.UNCHANGED;
import static io.pgcdc.pgoutput.PgOutputBytes.row;

/** One well-formed message of every kind and shape, each good for a decoder that is in the given state. */
final class GoldenMessages {

    /** Needs a decoder outside a transaction. */
    static final String BEGIN = "begin";

    private GoldenMessages() {
    }

    static Map<String, byte[]> all() {
        Map<String, byte[]> messages = new LinkedHashMap<>();
        messages.put(BEGIN, Feed.beginFirst());
        messages.put("commit", Feed.commitFirst());
        messages.put("origin", PgOutputBytes.origin(0x42, "other"));
        messages.put("type", PgOutputBytes.type(90000, "shop", "mood"));
        messages.put("relation", Feed.item());
        messages.put("relation with another identity", Feed.whole());
        messages.put("relation without columns", Feed.empty());
        messages.put("insert", PgOutputBytes.insert(ITEM, "1", "name", null));
        messages.put("insert without columns", PgOutputBytes.insert(EMPTY));
        messages.put("update", PgOutputBytes.update(ITEM, "-12", "größe", UNCHANGED));
        messages.put("update with key", PgOutputBytes.updateWithKey(ITEM, row("1", null, null), row("2", "", "x")));
        messages.put("update with row", PgOutputBytes.updateWithOldRow(WHOLE, row("1", "a"), row("2", UNCHANGED)));
        messages.put("delete by key", PgOutputBytes.deleteByKey(ITEM, "1", null, null));
        messages.put("delete with row", PgOutputBytes.deleteWithOldRow(WHOLE, "1", "a"));
        messages.put("truncate", PgOutputBytes.truncate(ITEM, WHOLE));
        messages.put("message", PgOutputBytes.logicalMessage(true, 0x1_0000_1100L, "p", new byte[] { 1, 2, -3 }));
        messages.put("message by itself", PgOutputBytes.logicalMessage(false, 0x1_0000_1100L, "p", new byte[] { 1 }));
        return messages;
    }

    /** A decoder that takes the message of this name. */
    static Feed feedFor(String name) {
        return name.equals(BEGIN) ? new Feed() : Feed.inTransaction();
    }
}

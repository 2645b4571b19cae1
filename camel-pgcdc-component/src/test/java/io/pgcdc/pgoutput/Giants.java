package io.pgcdc.pgoutput;

import java.util.Arrays;
import java.util.List;

/** Messages and values of some ten kilobytes, each made of what costs a decoder most for a byte. */
final class Giants {

    static final List<byte[]> MESSAGES = List.of(
            PgOutputBytes.truncate(repeated(Feed.ITEM, 2_500)),
            PgOutputBytes.insert(Feed.ITEM, new Object[10_000]),
            PgOutputBytes.relation(Feed.ITEM, "shop", "item", 'd', columns(1_000)),
            PgOutputBytes.relation(Feed.ITEM, "shop", "n".repeat(10_000), 'd', PgOutputBytes.key("id", Feed.INT4)),
            PgOutputBytes.relation(Feed.ITEM, "shop", "item", 'd', PgOutputBytes.key("n".repeat(10_000), Feed.INT4)),
            PgOutputBytes.type(Feed.INT4, "shop", "n".repeat(10_000)),
            PgOutputBytes.origin(1, "n".repeat(10_000)),
            PgOutputBytes.logicalMessage(false, 1, "p", bytes(10_000)));

    static final List<String> VALUES = List.of(
            "9".repeat(10_000), "0." + "9".repeat(10_000), "1e" + "9".repeat(10_000), "\\x" + "00".repeat(5_000),
            "\\\\".repeat(5_000), "\uFFFD".repeat(3_000), "{" + "1,".repeat(5_000) + "1}", nested("1"), nested("{1}"),
            nested("{{1}}"), nested("{{{1}}}"), nested("{{{{1}}}}"), nested("{{{{{1}}}}}"), nested("\"\\\\\""),
            nested("2026-11-23"), "{".repeat(10_000), "[1:1]".repeat(2_000), "[1:2147483647]={1}",
            "[-2147483648:-2]={1}", "[1:2000000000][1:2000000000]={{1}}", "(" + ",".repeat(10_000) + ")", "(,,)",
            nested("\"(,,)\""), "\"a\"=>NULL, ".repeat(1_000) + "\"a\"=>NULL", "$1" + ",000".repeat(3_000) + ".00",
            "P" + "9".repeat(10_000) + "D", "{" + "[1,2),".repeat(2_000) + "[1,2)}", nested("empty"));

    private Giants() {
    }

    private static String nested(String element) {
        return "{" + (element + ",").repeat(10_000 / (element.length() + 1)) + element + "}";
    }

    private static int[] repeated(int oid, int times) {
        int[] oids = new int[times];
        Arrays.fill(oids, oid);
        return oids;
    }

    private static PgOutputBytes.Column[] columns(int count) {
        PgOutputBytes.Column[] columns = new PgOutputBytes.Column[count];
        for (int i = 0; i < count; i++) {
            columns[i] = PgOutputBytes.key(Integer.toString(i, Character.MAX_RADIX), Feed.INT4);
        }
        return columns;
    }

    /** No beginning of a character in UTF-8, so that each byte becomes one that stands for it. */
    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) 0xFF);
        return bytes;
    }
}

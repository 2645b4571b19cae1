package io.pgcdc.pgoutput;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/** Bytes that PostgreSQL 15 wrote, each message with its position. */
final class CapturedStream {

    static final String LARGE = "x".repeat(3000);
    private static final String LARGE_HEX = HexFormat.of().formatHex(LARGE.getBytes(StandardCharsets.UTF_8));

    /** A transaction with every kind of change. */
    static final List<Message> TRANSACTION = List.of(
            message(0x1536E18, "420000000001539f68000303ed3e3ed4f6000002dc"),
            message(0x1536E18, "59000040017075626c6963006d6f6f6400"),
            message(0x1536E18, "52000040057075626c6963006974656d006400030169640000000017ffffffff"
                               + "006e616d650000000019ffffffff006665656c696e670000004001ffffffff"),
            message(0x1536E18, "49000040054e00037400000001317400000bb8<large>74000000026f6b"),
            message(0x1536F10, "49000040054e00037400000001326e7400000003736164"),
            message(0x1536FD0, "4d010000000001536fd06e6f7465000000000468c3a46c"),
            message(0x1537008, "55000040054e0003740000000131757400000003736164"),
            message(0x1537068, "55000040054b00037400000001326e6e4e00037400000001336e7400000003736164"),
            message(0x1537100, "44000040054b00037400000001336e6e"),
            message(0x1537E60, "520000400c7075626c69630077686f6c650066000201610000000017ffffffff"
                               + "01620000000019ffffffff"),
            message(0x1537E60, "490000400c4e00027400000001377400000bb8<large>"),
            message(0x1537EB0, "490000400c4e00027400000001387400000000"),
            message(0x1537F28, "550000400c4f00027400000001377400000bb8<large>4e000274000000013975"),
            message(0x1538B68, "440000400c4f00027400000001387400000000"),
            message(0x1539F38, "540000000200000040050000400c"),
            message(0x153A1C0, "43000000000001539f68000000000153a1c0000303ed3e3ed4f6"));

    /** A message by itself, and the transaction behind it. */
    static final List<Message> MESSAGE_AND_TRANSACTION = List.of(
            message(0x153A200, "4d00000000000153a200616c6f6e650000000002ff00"),
            message(0x153A200, "42000000000153a2e0000303ed3e3ed861000002dd"),
            message(0x153A200, "52000040117075626c6963004f646420224e616d650064000101780000000017ffffffff"),
            message(0x153A200, "49000040114e000174000000022d31"),
            message(0x153A310, "4300000000000153a2e0000000000153a310000303ed3e3ed861"));

    record Message(long lsn, byte[] bytes) {
    }

    private CapturedStream() {
    }

    private static Message message(long lsn, String hex) {
        return new Message(lsn, HexFormat.of().parseHex(hex.replace("<large>", LARGE_HEX)));
    }
}

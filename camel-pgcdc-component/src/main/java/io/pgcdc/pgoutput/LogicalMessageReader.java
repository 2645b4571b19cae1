package io.pgcdc.pgoutput;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

import io.pgcdc.model.Column;
import io.pgcdc.model.ReplicaIdentity;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableRow;
import io.pgcdc.model.TableSchema;
import io.pgcdc.types.ValueStyle;

/** Reads the parts of a logical message behind its flags and its position. */
final class LogicalMessageReader {

    /** The parts as columns; {@code encoding} says what the text of a content is, and is absent beside bytes. */
    static final TableSchema PARTS = new TableSchema(
            new TableId("pg_catalog", "pg_logical_emit_message"), 0, ReplicaIdentity.NOTHING,
            List.of(
                    new Column("prefix", 25, "text", -1, false, false),
                    new Column("content", 17, "bytea", -1, false, false),
                    new Column("transactional", 16, "boolean", -1, false, false),
                    new Column("encoding", 25, "text", -1, true, false)));

    private final MessageReader reader;
    private final ValueStyle style;

    LogicalMessageReader(MessageReader reader, ValueStyle style) {
        this.reader = reader;
        this.style = style;
    }

    /** The values of {@link #PARTS}. */
    Object[] readParts(boolean transactional) {
        String prefix = reader.readString();
        int length = reader.readLength();
        int start = reader.position();
        reader.skip(length);
        reader.requireEnd();
        byte[] content = Arrays.copyOfRange(reader.buffer(), start, start + length);
        return switch (style) {
            case JAVA -> new Object[] { prefix, content, transactional, TableRow.ABSENT };
            case PORTABLE -> portable(prefix, content, transactional);
        };
    }

    private static Object[] portable(String prefix, byte[] content, boolean transactional) {
        try {
            String text = StandardCharsets.UTF_8.newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(content))
                    .toString();
            return new Object[] { prefix, text, transactional, "utf8" };
        } catch (CharacterCodingException e) {
            return new Object[] { prefix, Base64.getEncoder().encodeToString(content), transactional, "base64" };
        }
    }
}

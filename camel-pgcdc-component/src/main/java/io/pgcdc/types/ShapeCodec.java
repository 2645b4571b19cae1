package io.pgcdc.types;

import java.nio.charset.StandardCharsets;

/** A geometric type: the text that PostgreSQL prints, numbers with all of their digits. */
final class ShapeCodec implements ColumnCodec {

    /** What numbers (NaN and Infinity too) and the lists of them are made of. */
    private static final String CHARACTERS = "0123456789.-+eNaInfity,()[]<>{}";

    private final String type;
    private final String openings;
    private final String closings;

    /**
     * @param openings with which characters a value may begin
     * @param closings with which it then ends, in the same order
     */
    ShapeCodec(String type, String openings, String closings) {
        this.type = type;
        this.openings = openings;
        this.closings = closings;
    }

    @Override
    public Object decode(byte[] bytes, int offset, int length) {
        int kind = length < 2 ? -1 : openings.indexOf(bytes[offset]);
        if (kind < 0 || bytes[offset + length - 1] != closings.charAt(kind)) {
            throw ValueFormatException.of(type, "not in its brackets");
        }
        for (int position = offset; position < offset + length; position++) {
            if (CHARACTERS.indexOf(bytes[position]) < 0) {
                throw ValueFormatException.of(type, "a character that no number has");
            }
        }
        return new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
    }
}

package io.pgcdc.torture;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.zip.CRC32;

/**
 * The one text form of a value, wherever it comes from: the route's portable values, or a SELECT. Long text is its
 * length and its checksum.
 */
final class ValueText {

    private static final int LONGEST = 200; // what is stored out of line is longer, all else shorter

    private ValueText() {
    }

    static String of(Object value) {
        if (value == null) {
            return null;
        }
        if (value instanceof BigDecimal number) {
            return number.toPlainString();
        }
        if (value instanceof OffsetDateTime moment) {
            return moment.toInstant().toString();
        }
        String text = value.toString();
        if (text.length() > LONGEST) {
            CRC32 checksum = new CRC32();
            checksum.update(text.getBytes(StandardCharsets.UTF_8));
            return text.length() + " characters, CRC " + Long.toHexString(checksum.getValue());
        }
        return looksLikeMoment(text) ? moment(text) : text;
    }

    private static boolean looksLikeMoment(String text) {
        return text.length() >= 20 && text.charAt(4) == '-' && text.charAt(10) == 'T';
    }

    private static String moment(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant().toString();
        } catch (DateTimeParseException e) {
            return text;
        }
    }
}

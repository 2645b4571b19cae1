package io.pgcdc.types;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.assertj.core.api.AbstractThrowableAssert;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Decodes text as every test here does: from the middle of other bytes, so that a codec that reads too far is seen. */
final class Decoding {

    private static final Codecs PORTABLE = Codecs.of(ValueStyle.PORTABLE, true);
    private static final Codecs JAVA = Codecs.of(ValueStyle.JAVA, true);

    private static final int MARGIN = 5;

    private Decoding() {
    }

    static Object portable(long type, String text) {
        return decode(PORTABLE.codec(type), text.getBytes(StandardCharsets.UTF_8));
    }

    static Object java(long type, String text) {
        return decode(JAVA.codec(type), text.getBytes(StandardCharsets.UTF_8));
    }

    /** Digits around the value: what a number would take in most easily. */
    static Object decode(ColumnCodec codec, byte[] value) {
        byte[] bytes = new byte[value.length + 2 * MARGIN];
        Arrays.fill(bytes, (byte) '7');
        System.arraycopy(value, 0, bytes, MARGIN, value.length);
        return codec.decode(bytes, MARGIN, value.length);
    }

    /** Asserts that neither style takes the text, and that the errors name the type and do not hold the text. */
    static void assertMalformed(long type, String typeName, String text) {
        assertMalformed(typeName, text, () -> portable(type, text));
        assertMalformed(typeName, text, () -> java(type, text));
    }

    private static void assertMalformed(String typeName, String text, Runnable decoding) {
        AbstractThrowableAssert<?, ?> thrown = assertThatThrownBy(decoding::run)
                .isInstanceOf(ValueFormatException.class)
                .hasMessageStartingWith("not a value of type " + typeName + ": ")
                .hasNoCause();
        if (text.length() > 1) { // any sentence holds a single character, and the empty text
            thrown.hasMessageNotContaining(text);
        }
    }
}

package io.pgcdc.types;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.fail;

/**
 * Whatever the bytes are, a codec gives a value or a {@link ValueFormatException}. A failure tells how to repeat it.
 */
class RandomBytesTest {

    private static final int ROUNDS_FOR_EACH_TYPE = 4_000;

    /** What values are made of, so that many of the bytes get far into a codec. */
    private static final String ALPHABET = "0123456789012345678900--::..++ {}{},,\"\"\\\\xeEtfNaINULLBCy[]=/;é";

    private static final String[] VALUES = {
            "t", "-32768", "9223372036854775807", "1.7976931348623157e+308", "-0.000000100", "NaN", "-Infinity",
            "\\x00ff", "\\000\\377\\\\a", "{\"a\": 1}", "123e4567-e89b-12d3-a456-426614174000", "2026-11-23",
            "0044-03-15 BC", "12026-11-23", "10:00:00.5", "24:00:00", "10:00:00.5-00:01:15",
            "2026-11-23 10:00:00.123456", "2026-11-23 10:00:00.123456+00", "999999999-12-31 23:00:00-05",
            "0044-03-15 10:00:00-04:56:02 BC", "infinity", "{1,NULL,3}", "[0:1][2:2]={{1},{2}}",
            "{\"a\\\"b\",\"\\\\\\\\x00\",\"\"}", "{\"2026-11-23 10:00:00+00\"}" };

    @ParameterizedTest
    @EnumSource
    void any_bytes_are_a_value_or_a_value_format_exception(ValueStyle style) {
        long seed = Long.getLong("pgcdc.test.seed", System.nanoTime());
        System.out.println("random bytes: repeat with -Dpgcdc.test.seed=" + seed);
        Random random = new Random(seed);
        Codecs codecs = Codecs.of(style, true);
        for (KnownType type : KnownTypes.ALL) {
            for (int round = 0; round < ROUNDS_FOR_EACH_TYPE; round++) {
                byte[] value = value(random);
                decode(type.name(), codecs.codec(type.oid()), value, seed);
                decode(type.name() + "[]", codecs.codec(type.arrayOid()), value, seed);
            }
        }
    }

    /** The array ends with the value, so that a codec that reads too far fails. */
    private static void decode(String type, ColumnCodec codec, byte[] value, long seed) {
        try {
            if (codec.decode(value, 0, value.length) == null) {
                fail("%s gave null, seed %d", type, seed);
            }
        } catch (ValueFormatException expected) {
            // as promised
        } catch (RuntimeException | StackOverflowError e) {
            fail("%s, seed %d, value '%s'".formatted(type, seed, new String(value, StandardCharsets.UTF_8)), e);
        }
    }

    private static byte[] value(Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> noise(random);
            case 1 -> characters(random);
            default -> damaged(VALUES[random.nextInt(VALUES.length)].getBytes(StandardCharsets.UTF_8), random);
        };
    }

    private static byte[] noise(Random random) {
        byte[] bytes = new byte[random.nextInt(40)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] characters(Random random) {
        StringBuilder text = new StringBuilder();
        for (int length = random.nextInt(40); length > 0; length--) {
            text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** A value with one byte changed, and often cut off. */
    private static byte[] damaged(byte[] value, Random random) {
        value[random.nextInt(value.length)] = (byte) ALPHABET.charAt(random.nextInt(ALPHABET.length()));
        return random.nextBoolean() ? value : Arrays.copyOf(value, random.nextInt(value.length + 1));
    }
}

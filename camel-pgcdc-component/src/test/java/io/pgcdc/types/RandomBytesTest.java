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
    private static final String ALPHABET = "0123456789012345678900--::..++ {}{},,\"\"\\\\xeEtfNaINULLBCy[]=/;é()()<>$PTYMDHS,,";

    private static final String[] VALUES = {
            "t", "-32768", "9223372036854775807", "1.7976931348623157e+308", "-0.000000100", "NaN", "-Infinity",
            "\\x00ff", "\\000\\377\\\\a", "{\"a\": 1}", "123e4567-e89b-12d3-a456-426614174000", "2026-11-23",
            "0044-03-15 BC", "12026-11-23", "10:00:00.5", "24:00:00", "10:00:00.5-00:01:15",
            "2026-11-23 10:00:00.123456", "2026-11-23 10:00:00.123456+00", "999999999-12-31 23:00:00-05",
            "0044-03-15 10:00:00-04:56:02 BC", "infinity", "{1,NULL,3}", "[0:1][2:2]={{1},{2}}",
            "{\"a\\\"b\",\"\\\\\\\\x00\",\"\"}", "{\"2026-11-23 10:00:00+00\"}",
            "$1,234.50", "-$92,233,720,368,547,758.08", "101", "P1Y2M-3DT4H5M6.789S", "PT-0.000001S", "[1,10)", "empty",
            "[\"2026-11-23 10:00:00\",infinity)", "(\"a\"\"\\\\\",)", "{[1,2),(5,)}", "192.168.100.128/25", "::1",
            "08:00:2b:01:02:03", "08:00:2b:01:02:03:04:05", "(1,2)", "{1,2,-3}", "[(1,2),(3,4)]", "<(1,2),3>",
            "((1,2),(3,4))", "{(1,2),(0,0);(3,4),(1,1)}", "16/B374D848", "10:20:10,14,15", "(0,1)", "1 2 3", "\\377",
            // some that get far in binary
            "\0\2\0\1\0\0\0\3\4\5\6\7", "\0\2\0\1\u007f\0\0\3\4\5\6\7", "\0\0\0\6\4\3\2\1", "\1{}",
            "\0\0\0\1\0\0\0\0\0\0\0\7\0\0\0\2\0\0\0\1\0\0\0\1t\0\0\0\1f",
            "\"a\"=>\"1\", \"b\"=>NULL", "(7,\"a b\",)", "(\"(1,\"\"x\"\")\",{1})", "{\"(1,x)\",NULL}", "()" };

    @ParameterizedTest
    @EnumSource
    void any_bytes_are_a_value_or_a_value_format_exception(ValueStyle style) {
        long seed = Long.getLong("pgcdc.test.seed", System.nanoTime());
        System.out.println("random bytes: repeat with -Dpgcdc.test.seed=" + seed);
        Random random = new Random(seed);
        Codecs codecs = Codecs.of(style, true);
        for (KnownType type : KnownTypes.ALL) {
            decode(type.name(), codecs.codec(type.oid()), random, seed);
            decode(type.name() + "[]", codecs.codec(type.arrayOid()), random, seed);
            if (type.hasBinary()) {
                decode("binary " + type.name(), type.binaryCodec(style), random, seed);
                decode("binary array of " + type.name(), type.binaryArrayCodec(style), random, seed);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void so_they_are_to_the_types_that_users_and_extensions_make(ValueStyle style) {
        long seed = Long.getLong("pgcdc.test.seed", System.nanoTime());
        System.out.println("random bytes: repeat with -Dpgcdc.test.seed=" + seed);
        Random random = new Random(seed);
        Codecs codecs = SomeTypes.learnt(style, true);
        SomeTypes.ALL.forEach(type -> decode(type.name(), codecs.codec(type.oid()), random, seed));
    }

    private static void decode(String type, ColumnCodec codec, Random random, long seed) {
        for (int round = 0; round < ROUNDS_FOR_EACH_TYPE; round++) {
            decode(type, codec, value(random), seed);
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

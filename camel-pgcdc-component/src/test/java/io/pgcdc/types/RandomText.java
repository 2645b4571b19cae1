package io.pgcdc.types;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Makes random values of PostgreSQL's types, as text that the types' input functions take. */
public final class RandomText {

    /** One number in so many has as many digits as it may have. Java takes a tenth of a second to read it. */
    private static final int GIANTS = 1_000;
    private static final int MOST_NUMERIC_DIGITS = 131_072;
    private static final int MOST_NUMERIC_SCALE = 16_383;

    private static final String[] PIECES = {
            "a", "Z", "7", " ", "  ", "NULL", "null", "\\", "\\N", "\\\\", "\"", "'", "{", "}", "(", ")", "[", "]", ",", ";",
            "=>", "\t", "\n", "\r", "\b", "é", "ß", "€", "漢", "\uD83D\uDE00", "\u00A0", "%", "$1", "\\x41", ":", "|",
            "\u007F" };

    private final Random random;
    private final int major;
    private int numbers;

    public RandomText(Random random, int major) {
        this.random = random;
        this.major = major;
    }

    /** A value of a built-in type, or {@code null} if no text is one: those types have values, but no input. */
    public String of(String type) {
        return switch (type) {
            case "bool" -> random.nextBoolean() ? "true" : "false";
            case "int2" -> number(16, true);
            case "int4" -> number(32, true);
            case "int8" -> number(64, true);
            case "oid", "xid", "cid" -> number(32, false);
            case "xid8" -> number(64, false);
            case "float4" -> float4();
            case "float8" -> float8();
            case "numeric" -> numeric();
            case "money" -> new java.math.BigDecimal(new BigInteger(number(64, true)), 2).toPlainString();
            case "text", "varchar", "bpchar", "refcursor" -> text(random.nextInt(12));
            case "name" -> text(random.nextInt(8)).replace("\uD83D\uDE00", "x");
            case "char" -> singleByte();
            case "json", "jsonb" -> json(3);
            case "jsonpath" -> any("$", "strict $.a[*] ? (@ > 1)", "$.\"größe\".b[0 to last]", "$ ? (@.x like_regex \"^a\")");
            case "xml" -> any("", "<a b=\"1\">x &amp; y</a>", "text é", "<!-- c --><a/>", "<a>" + plain(5) + "</a>");
            case "bytea" -> "\\x" + HexFormat.of().formatHex(bytes(random.nextInt(20)));
            case "uuid" -> new UUID(random.nextLong(), random.nextLong()).toString();
            case "bit" -> bits(13);
            case "varbit" -> bits(random.nextInt(70));
            case "date" -> date(5_874_897);
            case "time" -> time();
            case "timetz" -> time() + offset();
            case "timestamp", "timestamptz" -> timestamp();
            case "interval" -> interval();
            case "int4range", "int8range", "numrange", "daterange", "tsrange", "tstzrange" -> range(type);
            case "int4multirange", "int8multirange", "nummultirange", "datemultirange", "tsmultirange",
                    "tstzmultirange" ->
                list(random.nextInt(4), () -> range(type.replace("multi", ""))).collect(Collectors.joining(",", "{", "}"));
            case "inet" -> random.nextBoolean() ? ipv4() + any("", "/" + random.nextInt(33)) : ipv6() + any("", "/64");
            case "cidr" -> any(ipv4() + "/32", "10." + random.nextInt(256) + ".0.0/16", ipv6(), "2001:db8::/32", "::/0");
            case "macaddr" -> HexFormat.ofDelimiter(":").formatHex(bytes(6));
            case "macaddr8" -> HexFormat.ofDelimiter(":").formatHex(bytes(8));
            case "point" -> point();
            case "line" -> "{" + finite() + ",1," + finite() + "}";
            case "lseg" -> "[" + point() + "," + point() + "]";
            case "box" -> "(" + point() + "," + point() + ")";
            case "path" -> random.nextBoolean() ? "[" + points() + "]" : "(" + points() + ")";
            case "polygon" -> "(" + points() + ")";
            case "circle" -> "<" + point() + "," + Math.abs(random.nextGaussian()) + ">";
            case "tsvector" ->
                list(random.nextInt(4), () -> lexeme() + any("", ":" + (1 + random.nextInt(99)) + any("", "A", "B")))
                        .collect(Collectors.joining(" "));
            case "tsquery" -> list(1 + random.nextInt(3), () -> any("", "!") + lexeme() + any("", ":*", ":A"))
                    .collect(Collectors.joining(any(" & ", " | ", " <-> ", " <3> ")));
            case "pg_lsn" -> Integer.toHexString(random.nextInt()) + "/" + Integer.toHexString(random.nextInt());
            case "txid_snapshot", "pg_snapshot" -> snapshot();
            case "tid" -> "(" + number(32, false) + "," + number(16, false) + ")";
            case "int2vector" -> list(random.nextInt(5), () -> number(16, true)).collect(Collectors.joining(" "));
            case "oidvector" -> list(random.nextInt(5), () -> number(32, false)).collect(Collectors.joining(" "));
            case "aclitem" -> any("postgres=r*w/postgres", "=X/postgres", "pg_monitor=arwdDxt/postgres");
            case "regclass" -> any("-", "pg_class", "random_values", "information_schema.tables", "4294967295", "\"Größe\"");
            case "regcollation" -> any("-", "\"C\"", "\"POSIX\"", "4000000000");
            case "regconfig" -> any("-", "english", "simple", "4000000000");
            case "regdictionary" -> any("-", "simple", "4000000000");
            case "regnamespace" -> any("-", "pg_catalog", "public", "4000000000");
            case "regoper" -> any("0", "||/", "4000000000");
            case "regoperator" -> any("0", "+(integer,integer)", "!~~(text,text)", "4000000000");
            case "regproc" -> any("-", "now", "4000000000");
            case "regprocedure" -> any("-", "abs(integer)", "now()", "4000000000");
            case "regrole" -> any("-", "pg_monitor", "4000000000");
            case "regtype" -> any("-", "integer", "text[]", "timestamp with time zone", "mood", "4000000000");
            case "gtsvector", "pg_node_tree", "pg_ndistinct", "pg_dependencies", "pg_mcv_list", "pg_brin_bloom_summary",
                    "pg_brin_minmax_multi_summary" ->
                null;
            default -> throw new IllegalArgumentException("no values of type " + type + "; add some");
        };
    }

    /** Any text of so many pieces, which are what parsers fear. */
    public String text(int pieces) {
        return IntStream.range(0, pieces).mapToObj(i -> any(PIECES)).collect(Collectors.joining());
    }

    public String any(String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private java.util.stream.Stream<String> list(int size, Supplier<String> element) {
        return IntStream.range(0, size).mapToObj(i -> element.get());
    }

    private String plain(int length) {
        return list(length, () -> any("a", "b", "é", "1")).collect(Collectors.joining());
    }

    private String lexeme() {
        return "'" + any("a b", "größe", "x:y", "it''s", "back\\\\slash", plain(3)) + "'";
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private String bits(int length) {
        return list(length, () -> any("0", "1")).collect(Collectors.joining());
    }

    /** Small ones, large ones, and the first and the last. */
    private String number(int bits, boolean signed) {
        BigInteger least = signed ? BigInteger.ONE.shiftLeft(bits - 1).negate() : BigInteger.ZERO;
        BigInteger most = BigInteger.ONE.shiftLeft(signed ? bits - 1 : bits).subtract(BigInteger.ONE);
        return switch (random.nextInt(6)) {
            case 0 -> least.toString();
            case 1 -> most.toString();
            case 2 -> Integer.toString(random.nextInt(100));
            default -> new BigInteger(bits, random).add(least).min(most).toString();
        };
    }

    private String float4() {
        return random.nextInt(6) == 0
                ? any("NaN", "Infinity", "-Infinity", "-0", "1e-45", "3.4028235e38")
                : finite(Float.intBitsToFloat(random.nextInt()));
    }

    private String float8() {
        return random.nextInt(6) == 0
                ? any("NaN", "Infinity", "-Infinity", "-0", "4.9e-324", "1.7976931348623157e308", "0.1")
                : finite(random.nextBoolean() ? random.nextGaussian() : Double.longBitsToDouble(random.nextLong()));
    }

    private static String finite(float number) {
        return Float.isFinite(number) ? Float.toString(number) : "1";
    }

    private static String finite(double number) {
        return Double.isFinite(number) ? Double.toString(number) : "1";
    }

    private String finite() {
        return random.nextInt(8) == 0 ? any("0", "1e300", "-1e-300", "0.1") : finite(random.nextGaussian() * 1000);
    }

    private String numeric() {
        if (numbers++ % GIANTS == 0) {
            int scale = random.nextInt(MOST_NUMERIC_SCALE + 1);
            return "9" + digits(MOST_NUMERIC_DIGITS - 1) + "." + digits(scale) + "5";
        }
        String sign = any("", "-");
        return switch (random.nextInt(8)) {
            case 0 -> any("Infinity", "-Infinity", "NaN", "0", "0.000", "-0.00");
            case 1 -> sign + digits(1 + random.nextInt(60)) + "." + digits(1 + random.nextInt(60));
            case 2 -> sign + "0." + "0".repeat(random.nextInt(40)) + digits(4);
            case 3 -> sign + digits(3) + "0".repeat(random.nextInt(30));
            default -> sign + digits(1 + random.nextInt(9)) + any("", "." + digits(2));
        };
    }

    private String digits(int count) {
        StringBuilder digits = new StringBuilder(count);
        for (int i = 0; i < count; i++) {
            digits.append((char) ('0' + random.nextInt(10)));
        }
        return digits.toString();
    }

    /** Before 16 a byte beyond ASCII is printed as it is, and no client in UTF-8 can ask for it. */
    private String singleByte() {
        return major >= 16 && random.nextBoolean() ? "\\" + any("200", "377", "303") : any("", "a", "\\", "\"", " ", "{", ",");
    }

    private String json(int depth) {
        return switch (random.nextInt(depth == 0 ? 4 : 6)) {
            case 0 -> any("null", "true", "false");
            case 1 -> any("1.00", "-0", "1e5", "12345678901234567890123", "0.1");
            case 2, 3 -> any("\"\"", "\"größe \\\" \\\\ \\n \\u20ac\"", "\"\uD83D\uDE00\"");
            case 4 -> list(random.nextInt(4), () -> json(depth - 1)).collect(Collectors.joining(any(",", " , "), "[", "]"));
            default -> list(random.nextInt(4), () -> any("\"a\"", "\"b c\"") + any(":", " : ") + json(depth - 1))
                    .collect(Collectors.joining(",", "{", "}"));
        };
    }

    private String date(int lastYear) {
        if (random.nextInt(8) == 0) {
            return any("infinity", "-infinity", "4713-01-01 BC", "0001-12-31 BC", "0001-01-01", "1999-12-31", "2000-02-29",
                    "9999-12-31", "10000-01-01", lastYear + "-12-31");
        }
        int year = random.nextBoolean() ? 1900 + random.nextInt(200) : 1 + random.nextInt(lastYear - 1);
        boolean beforeChrist = year < 4_700 && random.nextInt(4) == 0;
        return "%04d-%02d-%02d%s".formatted(
                year, 1 + random.nextInt(12), 1 + random.nextInt(28), beforeChrist ? " BC" : "");
    }

    private String time() {
        return random.nextInt(8) == 0 ? any("24:00:00", "00:00:00", "23:59:59.999999") : timeOfDay();
    }

    private String timeOfDay() {
        return "%02d:%02d:%02d%s".formatted(
                random.nextInt(24), random.nextInt(60), random.nextInt(60),
                any("", ".5", ".000001", "." + String.format("%06d", random.nextInt(1_000_000))));
    }

    private String offset() {
        return any("+00", "-00:30", "+05:30", "-15:59:59", "+15:59", "+02");
    }

    private String timestamp() {
        String date = date(294_275);
        if (date.endsWith("y")) {
            return date;
        }
        return date.endsWith(" BC") ? date.replace(" BC", " " + timeOfDay() + " BC") : date + " " + timeOfDay();
    }

    private String interval() {
        if (random.nextInt(8) == 0) {
            return major >= 17 ? any("infinity", "-infinity", "0") : any("0", "-178000000 years", "1 microsecond");
        }
        String months = any("0", number(31, true), Integer.toString(random.nextInt(40) - 20));
        String days = any("0", number(32, true), Integer.toString(random.nextInt(40) - 20));
        String hours = any("0", number(32, true), "-1");
        String micros = any("0", number(31, true), Integer.toString(random.nextInt(4_000_000) - 2_000_000));
        return months + " months " + days + " days " + hours + " hours " + micros + " microseconds";
    }

    private String range(String type) {
        if (random.nextInt(8) == 0) {
            return any("empty", "(,)");
        }
        int from = random.nextInt(1_000_000);
        int to = from + random.nextInt(1_000);
        String lower = any("", bound(type, from));
        String upper = any("", bound(type, to));
        return any("[", "(") + lower + "," + upper + any("]", ")");
    }

    private static String bound(String type, int number) {
        return switch (type) {
            case "numrange" -> number + ".50";
            case "daterange" -> java.time.LocalDate.ofEpochDay(number).toString();
            case "tsrange", "tstzrange" -> "\"" + java.time.LocalDate.ofEpochDay(number) + " 10:00:00.5\"";
            default -> Integer.toString(number);
        };
    }

    private String ipv4() {
        return list(4, () -> Integer.toString(random.nextInt(256))).collect(Collectors.joining("."));
    }

    private String ipv6() {
        return random.nextInt(4) == 0
                ? any("::", "::1", "::ffff:1.2.3.4", "2001:db8::1")
                : list(8, () -> Integer.toHexString(random.nextInt(1 << 16))).collect(Collectors.joining(":"));
    }

    private String point() {
        return "(" + (random.nextInt(16) == 0 ? any("NaN", "Infinity", "-Infinity") : finite()) + "," + finite() + ")";
    }

    private String points() {
        return list(1 + random.nextInt(4), this::point).collect(Collectors.joining(","));
    }

    private String snapshot() {
        long xmin = 1 + random.nextInt(1 << 30);
        TreeSet<Long> running = new TreeSet<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            running.add(xmin + random.nextInt(100));
        }
        List<String> xip = new ArrayList<>();
        running.forEach(xid -> xip.add(Long.toString(xid)));
        return xmin + ":" + (xmin + 100) + ":" + String.join(",", xip);
    }
}

package io.pgcdc.camel;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.apache.camel.spi.PropertyConfigurerGetter;

/**
 * Checks option values as they stand in the URI, before Camel converts them: its conversion takes {@code 5s} for a
 * count of 5000 and {@code abc} for a duration of nothing, and names no words that an option allows.
 */
final class OptionValues {

    private static final Pattern NUMBER = Pattern.compile("-?\\d+");
    private static final Pattern DURATION
            = Pattern.compile("\\d+|(?=\\d)(\\d+d)?(\\d+h)?(\\d+m)?(\\d+s)?(\\d+ms)?|PT\\d[\\d.HMS]*");

    private OptionValues() {
    }

    /** Throws if a value cannot mean anything for its option; options that are unknown are Camel's to report. */
    static void requireMeaningful(PropertyConfigurerGetter options, Map<String, Object> parameters) {
        parameters.forEach((option, value) -> {
            Class<?> type = options.getOptionType(option, true);
            // a value with # names a bean
            if (type != null && value instanceof String text && !text.startsWith("#")) {
                requireMeaningful(option, text.trim(), type);
            }
        });
    }

    private static void requireMeaningful(String option, String value, Class<?> type) {
        if (type.isEnum() && Stream.of(type.getEnumConstants()).noneMatch(constant -> isSameWord(constant, value))) {
            throw unknownValue(option, value, words(type));
        }
        boolean bytes = option.toLowerCase(Locale.ROOT).endsWith("bytes");
        if ((type == int.class || bytes) && !NUMBER.matcher(value).matches()) {
            throw unknownValue(option, value, bytes ? "whole numbers of bytes" : "whole numbers");
        }
        if (type == long.class && !bytes && !DURATION.matcher(value).matches()) {
            throw unknownValue(option, value, "durations such as 100ms, 5s or 1m30s, and whole milliseconds");
        }
        if (type == boolean.class && !value.equalsIgnoreCase("true") && !value.equalsIgnoreCase("false")) {
            throw unknownValue(option, value, "true, false");
        }
    }

    private static boolean isSameWord(Object constant, String value) {
        return constant.toString().equalsIgnoreCase(value);
    }

    private static String words(Class<?> enumType) {
        return Stream.of(enumType.getEnumConstants()).map(Object::toString).collect(Collectors.joining(", "));
    }

    private static IllegalArgumentException unknownValue(String option, String value, String allowed) {
        return new IllegalArgumentException(
                "Option " + option + " has the unknown value " + value + "; allowed are: " + allowed);
    }
}

package io.pgcdc.types;

import java.nio.charset.StandardCharsets;

/** Writes dates and times in ISO 8601 from the numbers of {@link BinaryTime}, as the portable style has them. */
final class IsoText {

    /** {@code -290308-12-31T23:59:59.999999Z}, and room. */
    private static final int LONGEST = 32;

    private static final long MICROS_OF_SECOND = 1_000_000;

    // The calendar repeats itself after 400 years; counted from a March, leap days are the last of their year.
    private static final int DAYS_OF_ERA = 146_097;
    private static final int YEARS_OF_ERA = 400;
    private static final int DAYS_OF_CENTURY = 36_524;
    private static final int DAYS_OF_FOUR_YEARS = 1_461;
    private static final int DAYS_OF_YEAR = 365;
    private static final int DAYS_OF_FIVE_MONTHS = 153;
    /** From March 1st of the year 0 to the beginning of 2000. */
    private static final int DAY_OF_2000 = 730_425;

    private IsoText() {
    }

    static String date(long day) {
        byte[] text = new byte[LONGEST];
        return string(text, date(text, 0, day));
    }

    /** 24:00:00 is the end of the day. */
    static String time(long microOfDay) {
        byte[] text = new byte[LONGEST];
        return string(text, time(text, 0, microOfDay));
    }

    static String timestamp(long micros) {
        byte[] text = new byte[LONGEST];
        return string(text, timestamp(text, micros));
    }

    static String timestamptz(long micros) {
        byte[] text = new byte[LONGEST];
        int end = timestamp(text, micros);
        text[end] = 'Z';
        return string(text, end + 1);
    }

    private static String string(byte[] text, int end) {
        return new String(text, 0, end, StandardCharsets.ISO_8859_1);
    }

    private static int timestamp(byte[] text, long micros) {
        long day = Math.floorDiv(micros, BinaryTime.DAY);
        int end = date(text, 0, day);
        text[end] = 'T';
        return time(text, end + 1, micros - day * BinaryTime.DAY);
    }

    private static int date(byte[] text, int start, long day) {
        long sinceMarch = day + DAY_OF_2000;
        long era = Math.floorDiv(sinceMarch, DAYS_OF_ERA);
        int dayOfEra = (int) (sinceMarch - era * DAYS_OF_ERA);
        // The fourth century has a day more than the others, and so has every fourth year.
        int century = Math.min(dayOfEra / DAYS_OF_CENTURY, 3);
        int dayOfCentury = dayOfEra - century * DAYS_OF_CENTURY;
        int fourYears = dayOfCentury / DAYS_OF_FOUR_YEARS;
        int dayOfFourYears = dayOfCentury - fourYears * DAYS_OF_FOUR_YEARS;
        int yearOfFour = Math.min(dayOfFourYears / DAYS_OF_YEAR, 3);
        int dayOfYear = dayOfFourYears - yearOfFour * DAYS_OF_YEAR;
        // Months of 31, 30, 31, 30 and 31 days, over and over again.
        int month = (5 * dayOfYear + 2) / DAYS_OF_FIVE_MONTHS;
        int dayOfMonth = dayOfYear - (DAYS_OF_FIVE_MONTHS * month + 2) / 5 + 1;
        int year = (int) era * YEARS_OF_ERA + century * 100 + fourYears * 4 + yearOfFour + (month < 10 ? 0 : 1);
        int end = year(text, start, year);
        text[end] = '-';
        two(text, end + 1, month < 10 ? month + 3 : month - 9);
        text[end + 3] = '-';
        two(text, end + 4, dayOfMonth);
        return end + 6;
    }

    private static int year(byte[] text, int start, int year) {
        if (year >= 0 && year <= 9999) {
            two(text, start, year / 100);
            two(text, start + 2, year % 100);
            return start + 4;
        }
        byte[] iso = DateText.isoYear(year);
        System.arraycopy(iso, 0, text, start, iso.length);
        return start + iso.length;
    }

    private static int time(byte[] text, int start, long microOfDay) {
        int second = (int) (microOfDay / MICROS_OF_SECOND);
        int micros = (int) (microOfDay - second * MICROS_OF_SECOND);
        two(text, start, second / 3600);
        text[start + 2] = ':';
        two(text, start + 3, second / 60 % 60);
        text[start + 5] = ':';
        two(text, start + 6, second % 60);
        return micros == 0 ? start + 8 : fraction(text, start + 8, micros);
    }

    /** Six digits without the zeros at their end, as PostgreSQL prints them. */
    private static int fraction(byte[] text, int start, int micros) {
        text[start] = '.';
        two(text, start + 1, micros / 10_000);
        two(text, start + 3, micros / 100 % 100);
        two(text, start + 5, micros % 100);
        int end = start + 7;
        while (text[end - 1] == '0') {
            end--;
        }
        return end;
    }

    private static void two(byte[] text, int at, int number) {
        int tens = number / 10;
        text[at] = (byte) ('0' + tens);
        text[at + 1] = (byte) ('0' + number - tens * 10);
    }
}

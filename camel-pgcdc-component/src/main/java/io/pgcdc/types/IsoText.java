package io.pgcdc.types;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes dates and times in ISO 8601 from the numbers of {@link BinaryTime}, as the portable style has them. */
final class IsoText {

    /** {@code -290308-12-31T23:59:59.999999Z}, and room for wide writes. */
    private static final int LONGEST = 32;

    private static final long MICROS_OF_SECOND = 1_000_000;

    // Few wide writes: what is read right after bytes were written one by one waits for all of them.
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int TWO_ZEROS = '0' | '0' << 8;
    private static final long SIX_ZEROS = TWO_ZEROS | (long) TWO_ZEROS << 16 | (long) TWO_ZEROS << 32;

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
        int monthOfYear = month < 10 ? month + 3 : month - 9;
        int end = year(text, start, year);
        INT.set(text, end, '-' | pair(monthOfYear) << 8 | '-' << 24);
        SHORT.set(text, end + 4, (short) pair(dayOfMonth));
        return end + 6;
    }

    private static int year(byte[] text, int start, int year) {
        if (year >= 0 && year <= 9999) {
            INT.set(text, start, pair(year / 100) | pair(year % 100) << 16);
            return start + 4;
        }
        byte[] iso = DateText.isoYear(year);
        System.arraycopy(iso, 0, text, start, iso.length);
        return start + iso.length;
    }

    private static int time(byte[] text, int start, long microOfDay) {
        int second = (int) (microOfDay / MICROS_OF_SECOND);
        int micros = (int) (microOfDay - second * MICROS_OF_SECOND);
        LONG.set(text, start,
                pair(second / 3600) | ':' << 16 | (long) pair(second / 60 % 60) << 24 | (long) ':' << 40
                              | (long) pair(second % 60) << 48);
        return micros == 0 ? start + 8 : fraction(text, start + 8, micros);
    }

    /** Six digits without the zeros at their end, as PostgreSQL prints them. */
    private static int fraction(byte[] text, int start, int micros) {
        long digits = (long) digits(micros / 10_000) << 8 | (long) digits(micros / 100 % 100) << 24
                      | (long) digits(micros % 100) << 40;
        LONG.set(text, start, '.' | digits | SIX_ZEROS << 8);
        return start + Long.BYTES - Long.numberOfLeadingZeros(digits) / Byte.SIZE;
    }

    /** Two digits as two bytes of text, the first one lowest. */
    private static int pair(int number) {
        return digits(number) | TWO_ZEROS;
    }

    private static int digits(int number) {
        int tens = number / 10;
        return tens | number - tens * 10 << 8;
    }
}

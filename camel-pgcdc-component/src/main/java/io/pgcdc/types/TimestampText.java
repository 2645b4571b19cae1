package io.pgcdc.types;

/** What timestamp and timestamptz have in common: a date, a space, a time. */
final class TimestampText {

    private TimestampText() {
    }

    /** Where the time begins. */
    static int timeStart(String type, byte[] bytes, int yearEnd, int end) {
        int dateEnd = yearEnd + DateText.AFTER_YEAR;
        if (dateEnd == end || bytes[dateEnd] != ' ') {
            throw ValueFormatException.of(type, "no space between date and time");
        }
        return dateEnd + 1;
    }

    /**
     * Makes an array with the checked date and time in ISO 8601 at its start, and room for more after them. The usual
     * year is copied with the rest.
     *
     * @param year the astronomical year
     */
    static byte[] iso(byte[] bytes, int start, int yearEnd, int timeEnd, int year, int roomForOffset) {
        if (DateText.isUsual(year, start, yearEnd)) {
            byte[] text = new byte[timeEnd - start + roomForOffset];
            System.arraycopy(bytes, start, text, 0, timeEnd - start);
            text[yearEnd - start + DateText.AFTER_YEAR] = 'T';
            return text;
        }
        byte[] isoYear = DateText.isoYear(year);
        byte[] text = new byte[isoYear.length + timeEnd - yearEnd + roomForOffset];
        System.arraycopy(isoYear, 0, text, 0, isoYear.length);
        System.arraycopy(bytes, yearEnd, text, isoYear.length, timeEnd - yearEnd);
        text[isoYear.length + DateText.AFTER_YEAR] = 'T';
        return text;
    }
}

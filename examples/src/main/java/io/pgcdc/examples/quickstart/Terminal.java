package io.pgcdc.examples.quickstart;

import java.io.Console;
import java.nio.charset.Charset;
import java.util.Locale;

/** How things are written for people. */
final class Terminal {

    private static final String[] UNITS = { "B", "KiB", "MiB", "GiB", "TiB" };
    private static final boolean INTERACTIVE = isConsole() && !"dumb".equals(System.getenv("TERM"));

    private Terminal() {
    }

    /** From Java 22 on there always is a console, which says itself whether it is a terminal. */
    private static boolean isConsole() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return (Boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            return true;
        }
    }

    /** Whether somebody looks at it, rather than a file or a CI job. */
    static boolean isInteractive() {
        return INTERACTIVE;
    }

    /** Whether it shows more than ASCII; with the locale C, say, Java writes question marks. */
    static boolean isUnicode() {
        return Charset.defaultCharset().newEncoder().canEncode('✔');
    }

    /** A sign for something that is as it should be, or is not. */
    static String mark(boolean good) {
        if (isUnicode()) {
            return good ? "✔" : "✘";
        }
        return good ? "ok" : "FAILED";
    }

    static void say(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
        System.out.flush();
    }

    static String bytes(long bytes) {
        double amount = bytes;
        int unit = 0;
        while (amount >= 1024 && unit < UNITS.length - 1) {
            amount /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", amount, UNITS[unit]);
    }
}

package io.pgcdc.examples.preflight;

import java.io.PrintStream;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.HorizontalAlign;
import com.github.freva.asciitable.OverflowBehaviour;
import io.pgcdc.postgres.PreflightFinding;
import io.pgcdc.postgres.PreflightFinding.Severity;
import io.pgcdc.postgres.PreflightReport;

/** Prints a report for people: what was seen, what there is to say about it, and the SQL apart, to copy. */
final class ReportPrinter {

    private static final int WIDTH = 70;

    private final PrintStream out;

    ReportPrinter(PrintStream out) {
        this.out = out;
    }

    void print(PreflightReport report) {
        say("Preflight of pipeline " + report.pipeline() + " on " + report.place());
        out.println();
        if (!report.facts().isEmpty()) {
            out.println(AsciiTable.getTable(
                    AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS, report.facts().entrySet(), List.of(
                            column("seen", 40).with(fact -> plain(fact.getKey())),
                            column("", WIDTH).with(fact -> plain(fact.getValue())))));
            out.println();
        }
        if (!report.findings().isEmpty()) {
            out.println(AsciiTable.getTable(
                    AsciiTable.BASIC_ASCII, report.findings(), List.of(
                            column("", 12).with(finding -> name(finding.severity())),
                            column("where", 28).with(finding -> plain(finding.where())),
                            column("finding", WIDTH).with(ReportPrinter::words))));
            out.println();
        }
        for (Severity severity : Severity.values()) {
            printSql(severity, report.findings(severity).stream().filter(finding -> !finding.sql().isEmpty()).toList());
        }
        say((report.isReady() ? "It will work: " : "It will not work yet: ") + report.summary());
    }

    private void printSql(Severity severity, List<PreflightFinding> findings) {
        if (findings.isEmpty()) {
            return;
        }
        say(switch (severity) {
            case BLOCKER -> "-- Needed, as a user who may:";
            case WARNING -> "-- Advised:";
            case INFORMATION -> "-- Only if you want it so:";
        });
        Set<String> said = new HashSet<>();
        for (PreflightFinding finding : findings) {
            // What mends several is said once.
            List<String> statements = finding.sql().stream().filter(said::add).toList();
            if (!statements.isEmpty()) {
                say("--   " + finding.where() + ", " + finding.check());
                statements.forEach(sql -> say(sql + ";"));
            }
        }
        out.println();
    }

    private static String name(Severity severity) {
        return switch (severity) {
            case BLOCKER -> "blocker";
            case WARNING -> "warning";
            case INFORMATION -> "note";
        };
    }

    private static String words(PreflightFinding finding) {
        String advice = finding.advice();
        return plain(finding.message() + '.'
                     + (advice == null
                             ? "" : " " + advice.substring(0, 1).toUpperCase(Locale.ROOT) + advice.substring(1) + '.'));
    }

    private static Column column(String header, int width) {
        return new Column().header(header).dataAlign(HorizontalAlign.LEFT).headerAlign(HorizontalAlign.LEFT)
                .maxWidth(width, OverflowBehaviour.NEWLINE);
    }

    private void say(String line) {
        out.println(plain(line));
    }

    /** Names may hold what a terminal would act on. */
    private static String plain(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }
}

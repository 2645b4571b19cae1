package io.pgcdc.postgres;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.pgcdc.postgres.PreflightFinding.Severity;

/**
 * What a preflight saw: whether a pipeline will work on a server, and what stands in its way. A snapshot of one moment;
 * it changed nothing on the server, and holds no secret.
 *
 * @param pipeline the name of the pipeline that it is about
 * @param place    the server and the database
 * @param facts    what was seen, in order, by names that stay the same: {@code version}, {@code wal level}…; all text
 * @param findings what there is to say about it, the worst first
 */
public record PreflightReport(String pipeline, String place, Map<String, String> facts, List<PreflightFinding> findings) {

    public PreflightReport {
        facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
        findings = findings.stream()
                .sorted((one, other) -> one.severity().compareTo(other.severity()))
                .toList();
    }

    /** Whether nothing is in the way. */
    public boolean isReady() {
        return findings(Severity.BLOCKER).isEmpty();
    }

    /** The findings of one severity. */
    public List<PreflightFinding> findings(Severity severity) {
        return findings.stream().filter(finding -> finding.severity() == severity).toList();
    }

    /** The whole in one line, without the findings themselves. */
    public String summary() {
        return (isReady() ? "ready" : "not ready") + ", " + count(Severity.BLOCKER, "blocker") + ", "
               + count(Severity.WARNING, "warning") + ", " + count(Severity.INFORMATION, "note");
    }

    private String count(Severity severity, String name) {
        int count = findings(severity).size();
        return count + " " + name + (count == 1 ? "" : "s");
    }

    /** Texts, booleans, maps and lists only, fit for JSON. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("pipeline", pipeline);
        map.put("place", place);
        map.put("ready", isReady());
        map.put("summary", summary());
        map.put("facts", facts);
        map.put("findings", findings.stream().map(PreflightFinding::toMap).toList());
        return map;
    }

    /** The report to read, of several lines. Control characters, which names may have, are shown as {@code ?}. */
    public String toText() {
        StringBuilder text = new StringBuilder(line("Preflight of pipeline " + pipeline + " on " + place + ": " + summary()));
        int width = facts.keySet().stream().mapToInt(String::length).max().orElse(0);
        facts.forEach((name, value) -> text.append(line("  " + name + " ".repeat(width - name.length() + 2) + value)));
        for (PreflightFinding finding : findings) {
            text.append(line(finding.severity() + " " + finding.where() + " (" + finding.check() + "): " + finding.message()));
            finding.sql().forEach(sql -> text.append(line("    " + sql + ";")));
            if (finding.advice() != null) {
                text.append(line("    " + finding.advice()));
            }
        }
        return text.toString();
    }

    private static String line(String text) {
        return text.replaceAll("\\p{Cntrl}", "?") + "\n";
    }
}

package io.pgcdc.routes.bigquery.fake;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A table, or a view if it has a query. What was written to a table is there twice: as the log of what came, and as the
 * rows by key that BigQuery would make of it.
 */
public final class FakeTable {

    private static final int MAX_KEY_COLUMNS = 16;
    private static final List<String> RESERVED_PREFIXES = List.of(
            "_TABLE_", "_FILE_", "_PARTITION", "_ROW_TIMESTAMP", "__ROOT__", "_COLIDENTIFIER", "_CHANGE_SEQUENCE_NUMBER",
            "_CHANGE_TYPE", "_CHANGE_TIMESTAMP");
    /** Of primary keys and clustering. */
    private static final Set<String> KEY_TYPES = Set.of(
            "BOOL", "INT64", "NUMERIC", "BIGNUMERIC", "STRING", "DATE", "DATETIME", "TIMESTAMP");

    /** A row as it came; an append has no change type. */
    public record Written(String changeType, String sequence, Map<String, Object> values) {
    }

    private record Version(long[] sequence, Map<String, Object> values) {
    }

    private final String name;
    private final String query;
    private final List<FakeColumn> columns = new ArrayList<>();
    private final List<String> key;
    private final List<String> clustering;
    private final Map<String, String> options = new HashMap<>();
    private final Map<String, String> labels;

    private final List<Written> log = new ArrayList<>();
    private final Map<List<Object>, Version> versions = new HashMap<>();
    private boolean keepsLog = true;

    FakeTable(String name, String query, Collection<FakeColumn> columns, List<String> key, List<String> clustering,
              Map<String, String> labels) {
        this.name = name;
        this.query = query;
        this.key = key;
        this.clustering = clustering;
        this.labels = labels;
        columns.forEach(this::add);
        requireRules();
    }

    private void requireRules() {
        if (key.size() > MAX_KEY_COLUMNS) {
            throw Refusal.invalid("Primary key has more than 16 columns");
        }
        if (clustering.size() > 4) {
            throw Refusal.invalid("Clustering by more than 4 columns");
        }
        key.forEach(column -> requireKeyType(column, "primary key"));
        clustering.forEach(column -> requireKeyType(column, "clustering"));
        labels.forEach((label, value) -> {
            if (!label.matches("[\\p{Ll}\\p{Lo}][\\p{Ll}\\p{Lo}\\p{N}_-]{0,62}")
                    || !value.matches("[\\p{Ll}\\p{Lo}\\p{N}_-]{0,63}")) {
                throw Refusal.invalid("Label not allowed: " + label + "=" + value);
            }
        });
    }

    private void requireKeyType(String column, String use) {
        String type = column(column).orElseThrow(() -> Refusal.invalid("No column " + column)).type();
        if (!KEY_TYPES.contains(type)) {
            throw Refusal.invalid("Column " + column + " of type " + type + " is not allowed for " + use);
        }
    }

    void add(FakeColumn column) {
        String upper = column.name().toUpperCase(Locale.ROOT);
        if (RESERVED_PREFIXES.stream().anyMatch(upper::startsWith)) {
            throw Refusal.invalid("Reserved prefix of a column name: " + column.name());
        }
        if (!column.name().matches("[A-Za-z_][A-Za-z0-9_]{0,299}")) {
            throw Refusal.invalid("Column name not allowed: " + column.name());
        }
        if (column(column.name()).isPresent()) {
            throw Refusal.invalid("Duplicate column name: " + column.name());
        }
        columns.add(column);
    }

    void retype(String columnName, String type) {
        FakeColumn column = column(columnName).orElseThrow(() -> Refusal.invalid("No column " + columnName));
        boolean widens = Set.of("NUMERIC", "BIGNUMERIC", "FLOAT64").contains(type) && column.type().equals("INT64")
                || Set.of("BIGNUMERIC", "FLOAT64").contains(type) && column.type().equals("NUMERIC");
        if (!widens || clustering.contains(columnName)) {
            throw Refusal.invalid("Column " + columnName + " can't become " + type);
        }
        columns.set(columns.indexOf(column), column.as(type));
    }

    public Optional<FakeColumn> column(String columnName) {
        return columns.stream().filter(column -> column.name().equalsIgnoreCase(columnName)).findFirst();
    }

    public String name() {
        return name;
    }

    public boolean isView() {
        return query != null;
    }

    public String query() {
        return query;
    }

    public List<FakeColumn> columns() {
        return columns;
    }

    public List<String> key() {
        return key;
    }

    public List<String> clustering() {
        return clustering;
    }

    public Map<String, String> labels() {
        return labels;
    }

    /** Options of the table by name, such as max_staleness, as they stand in the statement. */
    public Map<String, String> options() {
        return options;
    }

    /** For benchmarks. */
    public void keepsLog(boolean keeps) {
        this.keepsLog = keeps;
    }

    synchronized void append(Map<String, Object> values) {
        log.add(new Written(null, null, values));
    }

    /** Applies a change by its sequence number; of two with the same the later one wins. */
    synchronized void apply(Written change) {
        if (keepsLog) {
            log.add(change);
        }
        List<Object> keyValues = new ArrayList<>(key.size());
        key.forEach(column -> keyValues.add(change.values().get(column)));
        long[] sequence = sequence(change.sequence());
        Version there = versions.get(keyValues);
        if (there == null || compare(sequence, there.sequence()) >= 0) {
            versions.put(keyValues, new Version(sequence, change.changeType().equals("DELETE") ? null : change.values()));
        }
    }

    /** What came, in the order in which it came. */
    public synchronized List<Written> log() {
        return List.copyOf(log);
    }

    /** The rows that are there now. */
    public synchronized Collection<Map<String, Object>> rows() {
        Set<Map<String, Object>> rows = new HashSet<>();
        for (Version version : versions.values()) {
            if (version.values() != null) {
                Map<String, Object> row = new LinkedHashMap<>();
                columns.forEach(column -> row.put(column.name(), version.values().get(column.name())));
                rows.add(row);
            }
        }
        return rows;
    }

    /** One to four hexadecimal numbers of 64 bits. */
    static long[] sequence(String text) {
        long[] sections = new long[4];
        int section = 0;
        int digits = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean separates = c == '/' && digits > 0 && section < 3;
            section += separates ? 1 : 0;
            digits = separates ? 0 : digits + 1;
            int digit = Character.digit(c, 16);
            if (!separates && (digit < 0 || digits > 16)) {
                throw Refusal.invalid("Sequence number " + text);
            }
            sections[section] = separates ? 0 : sections[section] << 4 | digit;
        }
        if (digits == 0) {
            throw Refusal.invalid("Sequence number " + text);
        }
        return sections;
    }

    private static int compare(long[] left, long[] right) {
        for (int i = 0; i < left.length; i++) {
            int compared = Long.compareUnsigned(left[i], right[i]);
            if (compared != 0) {
                return compared;
            }
        }
        return 0;
    }
}

package io.pgcdc.routes.bigquery.fake;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs the statements that pgcdc makes, in BigQuery's SQL. Others are an error. */
final class FakeSql {

    private static final Pattern TOKEN = Pattern.compile("`([^`]*)`|'([^']*)'|[A-Za-z_][A-Za-z0-9_]*|[0-9]+|[^\\s]");

    private final FakeTables tables;
    private final String statement;
    private final List<String> tokens = new ArrayList<>();
    private final List<Integer> starts = new ArrayList<>();
    private int next;

    private FakeSql(FakeTables tables, String statement) {
        this.tables = tables;
        this.statement = statement;
        Matcher matcher = TOKEN.matcher(statement);
        while (matcher.find()) {
            tokens.add(matcher.group());
            starts.add(matcher.start());
        }
    }

    static void run(FakeTables tables, String statement) {
        new FakeSql(tables, statement).run();
    }

    private void run() {
        if (accept("CREATE", "TABLE")) {
            createTable(accept("IF", "NOT", "EXISTS"));
        } else if (accept("CREATE", "OR", "REPLACE", "VIEW")) {
            createView();
        } else if (accept("ALTER", "TABLE")) {
            alterTable();
        } else if (accept("DROP", "VIEW", "IF", "EXISTS")) {
            tables.dropView(table());
        } else if (accept("DROP", "TABLE")) {
            tables.drop(table());
        } else if (List.of("INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE").contains(tokens.get(0))) {
            throw Refusal.invalid("DML is not supported over a table with recent CDC writes");
        } else {
            throw Refusal.invalid("Syntax error: " + statement);
        }
        if (next != tokens.size()) {
            throw Refusal.invalid("Syntax error at: " + statement.substring(starts.get(next)));
        }
    }

    private void createTable(boolean ifNotExists) {
        String name = table();
        if (tables.find(name) != null) {
            if (ifNotExists) {
                next = tokens.size();
                return;
            }
            throw new Refusal(409, "duplicate", "Already Exists: Table " + name);
        }
        expect("(");
        List<FakeColumn> columns = new ArrayList<>();
        List<String> key = List.of();
        do {
            if (accept("PRIMARY", "KEY")) {
                key = names();
                expect("NOT");
                expect("ENFORCED");
            } else {
                columns.add(column());
            }
        } while (accept(","));
        expect(")");
        List<String> clustering = new ArrayList<>();
        if (accept("CLUSTER", "BY")) {
            do {
                clustering.add(identifier());
            } while (accept(","));
        }
        Map<String, String> options = new LinkedHashMap<>();
        Map<String, String> labels = options(options);
        FakeTable made = new FakeTable(name, null, columns, key, clustering, labels);
        made.options().putAll(options);
        tables.put(made);
    }

    private void createView() {
        String name = table();
        FakeTable there = tables.find(name);
        if (there != null && !there.isView()) {
            throw Refusal.invalid(name + " is not a view");
        }
        Map<String, String> labels = options(new LinkedHashMap<>());
        expect("AS");
        String query = statement.substring(starts.get(next));
        next = tokens.size();
        FakeTable view = new FakeTable(name, query, List.of(), List.of(), List.of(), labels);
        tables.requireSelectable(view);
        tables.put(view);
    }

    private void alterTable() {
        FakeTable table = tables.get(table());
        if (accept("ADD", "COLUMN")) {
            boolean ifNotExists = accept("IF", "NOT", "EXISTS");
            FakeColumn column = column();
            if (column.required()) {
                throw Refusal.invalid("Cannot add required columns to an existing schema");
            }
            if (!ifNotExists || table.column(column.name()).isEmpty()) {
                table.add(column);
            }
        } else if (accept("ALTER", "COLUMN")) {
            String column = identifier();
            expect("SET");
            expect("DATA");
            expect("TYPE");
            table.retype(column, tokens.get(next++));
        } else {
            expect("SET");
            options(table.options());
        }
    }

    private FakeColumn column() {
        String name = identifier();
        String type = tokens.get(next++);
        boolean required = accept("NOT", "NULL");
        String description = null;
        if (accept("OPTIONS", "(", "description", "=")) {
            description = string();
            expect(")");
        }
        return new FakeColumn(name, type, required, description);
    }

    /** Returns the labels. */
    private Map<String, String> options(Map<String, String> target) {
        Map<String, String> labels = new LinkedHashMap<>();
        if (!accept("OPTIONS", "(")) {
            return labels;
        }
        do {
            String option = tokens.get(next++);
            expect("=");
            if (option.equals("labels")) {
                labels(labels);
            } else {
                target.put(option, value());
            }
        } while (accept(","));
        expect(")");
        return labels;
    }

    private void labels(Map<String, String> target) {
        expect("[");
        do {
            expect("(");
            String label = string();
            expect(",");
            target.put(label, string());
            expect(")");
        } while (accept(","));
        expect("]");
    }

    /** An expression as it stands, up to a comma or bracket that is not its own. */
    private String value() {
        StringBuilder value = new StringBuilder();
        int depth = 0;
        while (depth > 0 || !tokens.get(next).equals(",") && !tokens.get(next).equals(")")) {
            String token = tokens.get(next++);
            depth += token.equals("(") ? 1 : token.equals(")") ? -1 : 0;
            value.append(value.isEmpty() ? "" : " ").append(token);
        }
        return value.toString();
    }

    private List<String> names() {
        List<String> names = new ArrayList<>();
        expect("(");
        do {
            names.add(identifier());
        } while (accept(","));
        expect(")");
        return names;
    }

    private String table() {
        return tables.nameOf(identifier());
    }

    private String identifier() {
        String token = tokens.get(next++);
        if (!token.startsWith("`")) {
            throw Refusal.invalid("Expected a quoted name, got " + token);
        }
        return token.substring(1, token.length() - 1);
    }

    private String string() {
        String token = tokens.get(next++);
        if (!token.startsWith("'")) {
            throw Refusal.invalid("Expected a string, got " + token);
        }
        return token.substring(1, token.length() - 1);
    }

    private void expect(String token) {
        if (!accept(token)) {
            throw Refusal.invalid("Expected " + token + ": " + statement);
        }
    }

    private boolean accept(String... expected) {
        for (int i = 0; i < expected.length; i++) {
            if (next + i >= tokens.size() || !tokens.get(next + i).equals(expected[i])) {
                return false;
            }
        }
        next += expected.length;
        return true;
    }
}

package io.pgcdc.routes.bigquery.fake;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

import com.google.api.client.json.GenericJson;
import com.google.api.client.json.gson.GsonFactory;
import com.google.api.services.bigquery.model.Clustering;
import com.google.api.services.bigquery.model.JobReference;
import com.google.api.services.bigquery.model.QueryRequest;
import com.google.api.services.bigquery.model.QueryResponse;
import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableConstraints;
import com.google.api.services.bigquery.model.TableDataInsertAllRequest;
import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableList;
import com.google.api.services.bigquery.model.TableReference;
import com.google.api.services.bigquery.model.TableSchema;
import com.google.api.services.bigquery.model.ViewDefinition;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;

/** The calls of the REST API that tables, views and streamed inserts need. */
final class FakeRest implements HttpHandler {

    static final int MAX_REQUEST_BYTES = 10_000_000;
    private static final int MAX_ROWS = 50_000;
    private static final Pattern TABLES = Pattern.compile(".*/projects/([^/]+)/datasets/([^/]+)/tables");
    private static final Pattern TABLE = Pattern.compile(TABLES + "/([^/]+)");
    private static final Pattern INSERT_ALL = Pattern.compile(TABLE + "/insertAll");
    private static final Map<String, String> LEGACY_TYPES
            = Map.of("INT64", "INTEGER", "FLOAT64", "FLOAT", "BOOL", "BOOLEAN");

    private final FakeTables tables;
    private final String project;
    private final String dataset;
    private final AtomicInteger callsToFailure = new AtomicInteger();
    private final List<String> statements = new CopyOnWriteArrayList<>();
    private final List<FakeBigQuery.InsertAll> inserts = new CopyOnWriteArrayList<>();

    FakeRest(FakeTables tables, String project, String dataset) {
        this.tables = tables;
        this.project = project;
        this.dataset = dataset;
    }

    /** The n-th call from now is answered with 503. */
    void failAt(int call) {
        callsToFailure.set(call);
    }

    List<String> statements() {
        return statements;
    }

    List<FakeBigQuery.InsertAll> inserts() {
        return inserts;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = body(exchange);
            try {
                if (callsToFailure.getAndUpdate(calls -> Math.max(0, calls - 1)) == 1) {
                    throw new Refusal(503, "backendError", "Try again");
                }
                answer(exchange, 200, answer(exchange.getRequestMethod(), exchange.getRequestURI().getPath(), body));
            } catch (Refusal e) {
                Map<String, Object> error = Map.of(
                        "code", e.code(), "message", e.getMessage(),
                        "errors", List.of(Map.of("reason", e.reason(), "message", e.getMessage())));
                answer(exchange, e.code(), GsonFactory.getDefaultInstance().toString(Map.of("error", error)));
            }
        }
    }

    private static byte[] body(HttpExchange exchange) throws IOException {
        byte[] bytes = exchange.getRequestBody().readAllBytes();
        if ("gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"))) {
            try (InputStream unzipped = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
                return unzipped.readAllBytes();
            }
        }
        return bytes;
    }

    private static void answer(HttpExchange exchange, int code, String json) throws IOException {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(code, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private String answer(String method, String path, byte[] body) throws IOException {
        Matcher insertAll = INSERT_ALL.matcher(path);
        if (method.equals("POST") && insertAll.matches()) {
            requireDataset(insertAll);
            return insertAll(insertAll.group(3), body);
        }
        Matcher table = TABLE.matcher(path);
        if (method.equals("GET") && table.matches()) {
            requireDataset(table);
            return text(described(tables.get(table.group(3))));
        }
        Matcher all = TABLES.matcher(path);
        if (method.equals("GET") && all.matches()) {
            requireDataset(all);
            TableList list = new TableList().setTables(new ArrayList<>());
            tables.all().forEach(one -> list.getTables().add(new TableList.Tables()
                    .setTableReference(reference(one)).setLabels(one.labels()).setType(one.isView() ? "VIEW" : "TABLE")));
            return text(list);
        }
        if (method.equals("POST") && path.endsWith("/projects/" + project + "/queries")) {
            String statement = parsed(body, QueryRequest.class).getQuery();
            FakeSql.run(tables, statement);
            statements.add(statement);
            return text(new QueryResponse()
                    .setJobReference(new JobReference().setProjectId(project).setJobId("job").setLocation("EU"))
                    .setJobComplete(true).setTotalRows(java.math.BigInteger.ZERO)
                    .setSchema(new TableSchema().setFields(List.of())));
        }
        throw new Refusal(501, "notImplemented", "The fake does not know " + method + " " + path);
    }

    private void requireDataset(Matcher path) {
        if (!path.group(1).equals(project) || !path.group(2).equals(dataset)) {
            throw Refusal.notFound("Dataset " + path.group(1) + ":" + path.group(2));
        }
    }

    private String insertAll(String name, byte[] body) throws IOException {
        FakeTable table = tables.get(name);
        TableDataInsertAllRequest request = parsed(body, TableDataInsertAllRequest.class);
        if (body.length > MAX_REQUEST_BYTES) {
            throw new Refusal(413, "invalid", "Request too large");
        }
        if (request.getRows().size() > MAX_ROWS) {
            throw new Refusal(400, "invalid", "Too many rows");
        }
        List<Map<String, Object>> errors = new ArrayList<>();
        for (int i = 0; i < request.getRows().size(); i++) {
            String error = FakeJsonRows.error(table, request.getRows().get(i).getJson());
            if (error != null) {
                errors.add(Map.of("index", i, "errors", List.of(Map.of("reason", "invalid", "message", error))));
            }
        }
        inserts.add(new FakeBigQuery.InsertAll(
                name, request.getRows().size(), body.length,
                request.getRows().stream().map(TableDataInsertAllRequest.Rows::getInsertId).toList()));
        if (errors.isEmpty()) {
            request.getRows().forEach(row -> table.append(row.getJson()));
            return "{}";
        }
        return GsonFactory.getDefaultInstance().toString(Map.of("insertErrors", errors));
    }

    private Table described(FakeTable table) {
        Table described = new Table()
                .setTableReference(reference(table)).setLabels(table.labels()).setType(table.isView() ? "VIEW" : "TABLE");
        if (table.isView()) {
            return described.setView(new ViewDefinition().setQuery(table.query()).setUseLegacySql(false));
        }
        List<TableFieldSchema> fields = table.columns().stream()
                .map(column -> new TableFieldSchema()
                        .setName(column.name())
                        .setType(LEGACY_TYPES.getOrDefault(column.type(), column.type()))
                        .setMode(column.required() ? "REQUIRED" : "NULLABLE")
                        .setDescription(column.description()))
                .toList();
        described.setSchema(new TableSchema().setFields(fields));
        if (!table.clustering().isEmpty()) {
            described.setClustering(new Clustering().setFields(table.clustering()));
        }
        if (!table.key().isEmpty()) {
            described.setTableConstraints(new TableConstraints()
                    .setPrimaryKey(new TableConstraints.PrimaryKey().setColumns(table.key())));
        }
        return described;
    }

    private TableReference reference(FakeTable table) {
        return new TableReference().setProjectId(project).setDatasetId(dataset).setTableId(table.name());
    }

    private static <T> T parsed(byte[] body, Class<T> type) throws IOException {
        return GsonFactory.getDefaultInstance()
                .fromInputStream(new ByteArrayInputStream(body), StandardCharsets.UTF_8, type);
    }

    private static String text(GenericJson json) throws IOException {
        return GsonFactory.getDefaultInstance().toString(json);
    }
}

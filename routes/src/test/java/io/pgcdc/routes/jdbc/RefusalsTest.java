package io.pgcdc.routes.jdbc;

import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.pgcdc.camel.PgCdcConstants;
import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Column;
import io.pgcdc.model.Operation;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.ReplicaIdentity;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableSchema;
import io.pgcdc.model.Transaction;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What the sink refuses: it says why and what to do, and never tells a value or a secret. */
class RefusalsTest {

    private final CamelContext context = new DefaultCamelContext();
    private final SinkDatabase database = SinkDatabase.create(SinkDatabase.Kind.DUCKDB);

    @BeforeEach
    void start() {
        context.start();
    }

    @AfterEach
    void stop() {
        context.stop();
        database.close();
    }

    @Test
    void a_table_that_another_pipeline_keeps() {
        send("one", "", insert("public", "t", 1, "x"), "7", "orders");
        assertThatThrownBy(() -> send("one", "", insert("public", "t", 2, "x"), "7", "other"))
                .rootCause().isInstanceOf(PgCdcException.class)
                .hasMessageContainingAll("public.t", "pipeline orders", "pipeline other",
                        "DELETE FROM \"sink\".\"pgcdc\".\"sink_table\"");
        assertThatThrownBy(() -> send("one", "", insert("public", "t", 2, "x"), "8", "orders"))
                .rootCause().hasMessageContainingAll("system identifier 7", "system identifier 8");
    }

    @Test
    void two_tables_of_the_source_in_one_of_the_destination() {
        String options = "&targetSchema=lake";
        send("one", options, insert("a", "t", 1, "x"), "7", "orders");
        assertThatThrownBy(() -> send("one", options, insert("b", "t", 1, "x"), "7", "orders"))
                .rootCause().hasMessageContainingAll("a.t", "b.t", "lake.t", "targetTable={schema}_{table}");
    }

    @Test
    void a_table_that_another_sink_keeps() {
        send("one", "", insert("public", "t", 1, "x"), "7", "orders");
        assertThatThrownBy(() -> send("two", "", insert("public", "t", 2, "x"), "8", "other"))
                .rootCause().isInstanceOf(PgCdcException.class)
                .hasMessageContainingAll("public.t", "sink one", "sink two", "WHERE sink = 'one'");
        send("two", "&targetTable={table}_2", insert("public", "t", 2, "x"), "8", "other");
        assertThat(database.texts("SELECT id FROM public.t")).containsExactly(List.of("1"));
    }

    @Test
    void a_change_of_a_row_that_the_destination_has_lost() {
        ChangeEvent update = change(Operation.UPDATE, shape("public", "t"), 1, "secret");
        assertThatThrownBy(() -> send(update, true)).cause().isInstanceOf(PgCdcException.class)
                .hasMessageContainingAll("public.t", "lacks 1 row(s)", "LSN 0/11", "resyncTable", "acceptMissingRows=true")
                .hasMessageNotContaining("secret");
        send(insert("public", "t", 2, "x"), true);
        send(change(Operation.UPDATE, shape("public", "t"), 2, "y"), true);
        assertThatThrownBy(() -> send(change(Operation.DELETE, shape("public", "t"), 3, null), true))
                .cause().hasMessageContaining("lacks 1 row(s)");
        send("one", "&acceptMissingRows=true", change(Operation.UPDATE, shape("public", "t"), 4, "z"),
                Map.of(PgCdcConstants.IN_ORDER, true));
        assertThat(database.texts("SELECT * FROM public.t ORDER BY id")).containsExactly(List.of("2", "y"), List.of("4", "z"));
    }

    @Test
    void another_shape_before_the_changes_with_the_former_one_are_done() {
        TableSchema before = shape("public", "t");
        TableSchema after = shape("public", "t", new Column("w", 25, "text", -1, true, false));
        send(insert(before, 1, "x"), true);
        assertThatThrownBy(() -> send(insert(after, 3, "x", "w"), false))
                .cause().isInstanceOf(PgCdcException.class).hasMessageContainingAll("public.t", "another shape", "come again");
        send(insert(before, 2, "x"), true);
        send(insert(after, 3, "x", "w"), true);
        assertThat(database.texts("SELECT * FROM public.t ORDER BY id"))
                .containsExactly(Arrays.asList("1", "x", null), Arrays.asList("2", "x", null), List.of("3", "x", "w"));
    }

    @Test
    void a_value_that_the_destination_refuses_is_not_told() throws SQLException {
        database.execute("CREATE SCHEMA public", "CREATE TABLE public.t (id int PRIMARY KEY, v varchar CHECK (v <> 'secret'))");
        assertThatThrownBy(() -> send("one", "", insert("public", "t", 4711, "secret"), "7", "orders"))
                .satisfies(error -> {
                    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
                        assertThat(String.valueOf(cause.getMessage())).doesNotContain("secret").doesNotContain("4711");
                    }
                })
                .rootCause().isNotNull();
        assertThatThrownBy(() -> send("one", "", insert("public", "t", 4711, "secret"), "7", "orders"))
                .cause().isInstanceOf(PgCdcException.class).hasMessageContainingAll("public.t", "LSN", "Constraint Error");
    }

    @Test
    void an_error_of_the_database_is_told_where_it_has_no_values() {
        send("one", "", insert("public", "t", 1, "x"), "7", "orders");
        database.execute("DROP TABLE public.t");
        assertThatThrownBy(() -> send("one", "", insert("public", "t", 2, "secret"), "7", "orders"))
                .cause().isInstanceOf(PgCdcException.class).hasMessageContainingAll("Catalog Error", "does not exist")
                .hasMessageNotContaining("secret");
    }

    @Test
    void a_url_without_a_driver_is_told_without_its_password() {
        assertThatThrownBy(() -> context.createProducerTemplate()
                .sendBody("pgcdc-jdbc:x?url=RAW(jdbc:mariadb://host/db?user=u&password=secret)", List.of()))
                .rootCause().satisfies(error -> assertThat(String.valueOf(error.getMessage())).doesNotContain("secret"));
        assertThatThrownBy(() -> context.createProducerTemplate()
                .sendBody("pgcdc-jdbc:x?url=RAW(jdbc:mariadb://host/db?user=u&password=secret)", List.of()))
                .cause().isInstanceOf(PgCdcException.class).hasMessageNotContaining("secret")
                .hasMessageContainingAll("jdbc:mariadb:", "Put the JDBC driver of the destination on the class path");
    }

    @Test
    void a_new_shape_for_which_what_the_user_has_added_would_be_lost() {
        TableSchema other = new TableSchema(
                new TableId("public", "t"), 1, ReplicaIdentity.DEFAULT,
                List.of(new Column("id", 23, "integer", -1, false, true), new Column("v", 20, "bigint", -1, true, false)));
        send("one", "", insert(shape("public", "t"), 1, "1"), "7", "orders");
        database.execute("CREATE INDEX low ON public.t (lower(v))");
        assertThatThrownBy(() -> send("one", "", insert(other, 2, 2L), "7", "orders")).rootCause()
                .hasMessageContainingAll("public.t", "index low", "DROP INDEX \"sink\".\"public\".\"low\"");
        database.execute("DROP INDEX public.low");
        send("one", "", insert(other, 2, 2L), "7", "orders");
        assertThat(database.texts("SELECT * FROM public.t ORDER BY id")).containsExactly(List.of("1", "1"), List.of("2", "2"));
    }

    @Test
    void a_body_that_is_no_change() {
        assertThatThrownBy(() -> send("one", "", "secret", "7", "orders"))
                .hasRootCauseInstanceOf(IllegalArgumentException.class)
                .rootCause().hasMessageContaining("java.lang.String").hasMessageNotContaining("secret");
    }

    @Test
    void what_can_never_work_when_the_route_is_made() {
        assertThatThrownBy(() -> context.getEndpoint("pgcdc-jdbc:x?url=postgresql://host/db"))
                .rootCause().hasMessageContaining("it begins with jdbc:");
        assertThatThrownBy(() -> context.getEndpoint("pgcdc-jdbc:x?stateSchema=RAW( )"))
                .rootCause().hasMessageContaining("stateSchema");
        assertThatThrownBy(() -> context.createProducerTemplate().sendBody("pgcdc-jdbc:x", List.of()))
                .rootCause().hasMessageContaining("dataSource=#name");
    }

    private void send(ChangeEvent change, boolean isInOrder) {
        send("one", "", change, Map.of(PgCdcConstants.IN_ORDER, isInOrder));
    }

    private void send(String name, String options, Object body, String system, String pipeline) {
        send(name, options, body, Map.of(PgCdcConstants.SYSTEM_IDENTIFIER, system, PgCdcConstants.PIPELINE, pipeline,
                PgCdcConstants.IN_ORDER, true));
    }

    private void send(String name, String options, Object body, Map<String, Object> headers) {
        context.createProducerTemplate().sendBodyAndHeaders(
                "pgcdc-jdbc:" + name + '?' + database.options() + options, body, headers);
    }

    private static ChangeEvent insert(String schema, String table, int id, String value) {
        return insert(shape(schema, table), id, value);
    }

    private static ChangeEvent insert(TableSchema shape, int id, Object... others) {
        Object[] values = Stream.concat(Stream.of(id), Stream.of(others)).toArray();
        return ChangeEvent.row(Operation.INSERT, shape, values, null, new Transaction(9, id, id, Instant.EPOCH), id, 0, 10);
    }

    private static ChangeEvent change(Operation operation, TableSchema shape, int id, String value) {
        return ChangeEvent.row(
                operation, shape, new Object[] { id, value }, null, new Transaction(9, 16 + id, 16 + id, Instant.EPOCH),
                16 + id, 0, 10);
    }

    private static TableSchema shape(String schema, String table, Column... more) {
        List<Column> columns = new ArrayList<>(
                List.of(
                        new Column("id", 23, "integer", -1, false, true), new Column("v", 25, "text", -1, true, false)));
        columns.addAll(List.of(more));
        return new TableSchema(new TableId(schema, table), schema.hashCode() & 0xFFFF, ReplicaIdentity.DEFAULT, columns);
    }
}

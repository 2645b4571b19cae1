package io.pgcdc.state;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.pgcdc.model.Column;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.ReplicaIdentity;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableIdentity;
import io.pgcdc.model.TableSchema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

/** What every state store must do. */
abstract class StateStoreContract {

    static final PipelineRecord RECORD = new PipelineRecord("7301234567890123456", 1, "shop", "changes", 16_385, "apply");
    static final TableId ORDERS = new TableId("public", "orders");
    static final TableId ITEMS = new TableId("public", "items");
    static final TableIdentity FIRST = new TableIdentity(4_000_000_001L, 2);
    static final TableIdentity SECOND = new TableIdentity(16_384, 4_000_000_002L);
    private static final Map<TableId, TableIdentity> OIDS = Map.of(ORDERS, FIRST, ITEMS, SECOND);
    private static final String HOSTILE = "a'b\"c;--\\ {x,\"y\"} NULL $1 ? ü漢😀\t\n";

    StateStore store;
    SchemaStore shapes;

    /** Called before each test with a store that knows nothing. */
    <S extends StateStore & SchemaStore> void use(S fresh) {
        store = fresh;
        shapes = fresh;
        store.prepare();
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void an_unknown_pipeline_has_nothing() {
        assertThat(store.pipeline("p")).isEmpty();
        assertThat(store.positions("p")).isEmpty();
        assertThat(store.tables("p")).isEmpty();
        assertThat(shapes.schemas("p", lsn(-1))).isEmpty();
    }

    @Test
    void a_created_pipeline_has_its_record_and_the_position_of_its_slot() {
        store.create("p", RECORD, lsn(100), List.of());

        assertThat(store.pipeline("p")).contains(RECORD);
        assertThat(store.positions("p")).containsOnly(entry("apply", lsn(100)));
    }

    @Test
    void the_identity_of_a_table_stays_until_another_is_given() {
        store.create("p", RECORD, lsn(100), List.of());
        store.saveTables("p", List.of(TableState.of(ORDERS, TablePhase.INIT).identifiedBy(FIRST)));
        store.saveTables("p", List.of(TableState.of(ORDERS, TablePhase.READY)));
        assertThat(store.tables("p")).containsExactly(TableState.of(ORDERS, TablePhase.READY).identifiedBy(FIRST));
        store.saveTables("p", List.of(TableState.of(ORDERS, TablePhase.RESET).identifiedBy(SECOND)));
        assertThat(store.tables("p").get(0).identity()).isEqualTo(SECOND);
    }

    @Test
    void copied_ranges_are_kept_while_their_table_is_being_copied_and_no_longer() {
        store.create("p", RECORD, lsn(100), List.of(TableState.of(ITEMS, TablePhase.RESET)));
        assertThat(store.tables("p")).containsExactly(TableState.of(ITEMS, TablePhase.RESET));
        TableState copying = new TableState(ORDERS, TablePhase.COPYING, "sync", Lsn.ZERO, null, FIRST);
        store.saveTables("p", List.of(copying));
        CopiedRange first = new CopiedRange(ORDERS, "here", 0, 10, 700);
        CopiedRange second = new CopiedRange(ORDERS, "here", 10, -1, 700);
        CopiedRange again = new CopiedRange(ORDERS, "here", 0, 10, 4_000_000_000L);

        store.saveCopiedRange("p", first);
        store.saveCopiedRange("p", second);
        store.saveCopiedRange("p", again);
        store.saveTables("p", List.of(copying, TableState.of(ITEMS, TablePhase.INIT)));
        assertThat(store.copiedRanges("p", ORDERS)).containsExactly(again, second);
        assertThat(store.copiedRanges("p", ITEMS)).isEmpty();
        assertThat(store.copiedRanges("other", ORDERS)).isEmpty();

        store.saveTables("p", List.of(new TableState(ORDERS, TablePhase.COPIED, "sync", lsn(5), null, FIRST)));
        assertThat(store.copiedRanges("p", ORDERS)).isEmpty();
        store.saveCopiedRange("p", first);
        store.removeTables("p", List.of(ORDERS));
        assertThat(store.copiedRanges("p", ORDERS)).isEmpty();
        store.saveCopiedRange("p", first);
        store.create("p", RECORD, lsn(100), List.of());
        assertThat(store.copiedRanges("p", ORDERS)).isEmpty();
    }

    @Test
    void create_forgets_everything_of_the_pipeline_and_nothing_of_others() {
        for (String pipeline : List.of("p", "other")) {
            store.create(pipeline, RECORD, lsn(100), List.of());
            store.savePosition(pipeline, "sync", lsn(200));
            store.saveTables(pipeline, List.of(TableState.of(ORDERS, TablePhase.READY)));
            shapes.saveSchemas(pipeline, List.of(version(1, ORDERS, "id")));
        }
        PipelineRecord anew = new PipelineRecord("2", 3, "other shop", "other changes", 4_000_000_000L, "apply");

        store.create("p", anew, lsn(50), List.of());

        assertThat(store.pipeline("p")).contains(anew);
        assertThat(store.positions("p")).containsOnly(entry("apply", lsn(50)));
        assertThat(store.tables("p")).isEmpty();
        assertThat(shapes.schemas("p", lsn(-1))).isEmpty();
        assertThat(store.pipeline("other")).contains(RECORD);
        assertThat(store.positions("other")).hasSize(2);
        assertThat(store.tables("other")).hasSize(1);
        assertThat(shapes.schemas("other", lsn(-1))).hasSize(1);
    }

    @Test
    void updating_the_record_changes_nothing_else() {
        store.create("p", RECORD, lsn(100), List.of());
        store.saveTables("p", List.of(TableState.of(ORDERS, TablePhase.READY)));
        PipelineRecord promoted = new PipelineRecord(RECORD.systemIdentifier(), 2, "shop", "changes", 16_385, "apply");

        store.updatePipeline("p", promoted);

        assertThat(store.pipeline("p")).contains(promoted);
        assertThat(store.positions("p")).containsEntry("apply", lsn(100));
        assertThat(store.tables("p")).hasSize(1);
    }

    @Test
    void positions_go_forward_and_never_back() {
        store.create("p", RECORD, lsn(100), List.of());

        store.savePosition("p", "apply", lsn(300));
        store.savePosition("p", "apply", lsn(200));
        store.savePosition("p", "sync", Lsn.ZERO);

        assertThat(store.positions("p")).containsOnly(
                entry("apply", lsn(300)), entry("sync", Lsn.ZERO));
    }

    @Test
    void positions_are_unsigned() {
        store.create("p", RECORD, lsn(Long.MAX_VALUE), List.of());

        store.savePosition("p", "apply", lsn(-1));
        store.savePosition("p", "apply", lsn(1));

        assertThat(store.positions("p")).containsEntry("apply", lsn(-1));
    }

    @Test
    void states_of_tables_are_kept_and_replaced() {
        TableState copied = new TableState(ORDERS, TablePhase.COPIED, "sync", lsn(7), null, FIRST);
        store.saveTables("p", List.of(copied, TableState.of(ITEMS, TablePhase.INIT)));
        assertThat(store.tables("p")).containsExactlyInAnyOrder(copied, TableState.of(ITEMS, TablePhase.INIT));

        TableState failed = new TableState(ORDERS, TablePhase.ERROR, null, Lsn.ZERO, "no key", FIRST);
        store.saveTables("p", List.of(failed));
        assertThat(store.tables("p")).containsExactlyInAnyOrder(failed, TableState.of(ITEMS, TablePhase.INIT));
    }

    @Test
    void of_two_states_of_one_table_the_last_counts() {
        store.saveTables("p", List.of(
                TableState.of(ORDERS, TablePhase.INIT), TableState.of(ORDERS, TablePhase.READY)));

        assertThat(store.tables("p")).containsExactly(TableState.of(ORDERS, TablePhase.READY));
    }

    @Test
    void a_unit_is_done_and_its_slot_forgotten_in_one_step() {
        store.create("p", RECORD, lsn(100), List.of());
        store.savePosition("p", "sync", lsn(200));
        TableState done = new TableState(ORDERS, TablePhase.SYNC_DONE, null, lsn(200), null, FIRST);

        store.saveTablesAndForgetSlot("p", List.of(done), "sync");

        assertThat(store.tables("p")).containsExactly(done);
        assertThat(store.positions("p")).containsOnlyKeys("apply");
    }

    @Test
    void removed_tables_are_forgotten_with_their_shapes() {
        store.saveTables("p", List.of(
                TableState.of(ORDERS, TablePhase.READY).identifiedBy(FIRST),
                TableState.of(ITEMS, TablePhase.READY).identifiedBy(SECOND)));
        shapes.saveSchemas("p", List.of(version(1, ORDERS, "id"), version(5, ORDERS, "key"), version(1, ITEMS, "id")));

        store.removeTables("p", List.of(ORDERS));

        assertThat(store.tables("p")).containsExactly(TableState.of(ITEMS, TablePhase.READY).identifiedBy(SECOND));
        assertThat(shapes.schemas("p", lsn(-1))).containsExactly(version(1, ITEMS, "id"));
    }

    @Test
    void tables_that_exchange_their_names_keep_everything_else() {
        TableState copying = new TableState(ORDERS, TablePhase.COPYING, "sync", Lsn.ZERO, null, FIRST);
        TableState ready = TableState.of(ITEMS, TablePhase.READY).identifiedBy(SECOND);
        CopiedRange range = new CopiedRange(ORDERS, "here", 0, 10, 700);
        for (String pipeline : List.of("p", "other")) {
            store.create(pipeline, RECORD, lsn(100), List.of());
            store.saveTables(pipeline, List.of(copying, ready));
            store.saveCopiedRange(pipeline, range);
            shapes.saveSchemas(pipeline, List.of(version(1, ORDERS, "id")));
        }

        store.renameTables("p", Map.of(ORDERS, ITEMS, ITEMS, ORDERS));
        store.renameTables("p", Map.of());

        assertThat(store.tables("p")).containsExactlyInAnyOrder(copying.named(ITEMS), ready.named(ORDERS));
        assertThat(store.copiedRanges("p", ORDERS)).isEmpty();
        assertThat(store.copiedRanges("p", ITEMS)).containsExactly(new CopiedRange(ITEMS, "here", 0, 10, 700));
        assertThat(shapes.schemas("p", lsn(1))).as("a shape has the name of its time")
                .containsExactly(version(1, ORDERS, "id"));
        assertThat(store.tables("other")).containsExactlyInAnyOrder(copying, ready);
        assertThat(store.copiedRanges("other", ORDERS)).containsExactly(range);
    }

    @Test
    void a_table_gets_a_name_that_was_free_and_another_takes_its_own() {
        TableId archive = new TableId("old", "orders");
        store.saveTables("p", List.of(
                TableState.of(ORDERS, TablePhase.READY).identifiedBy(FIRST),
                TableState.of(ITEMS, TablePhase.READY).identifiedBy(SECOND)));

        store.renameTables("p", Map.of(ORDERS, archive, ITEMS, ORDERS));

        assertThat(store.tables("p")).containsExactlyInAnyOrder(
                TableState.of(archive, TablePhase.READY).identifiedBy(FIRST),
                TableState.of(ORDERS, TablePhase.READY).identifiedBy(SECOND));
    }

    @Test
    void shapes_of_two_tables_that_had_one_name_are_kept_apart() {
        TableSchema first = version(10, ORDERS, "id").schema();
        TableSchema second = new TableSchema(
                ORDERS, first.relationOid() + 1, ReplicaIdentity.DEFAULT,
                version(10, ORDERS, "other").schema().columns());

        shapes.saveSchemas("p", List.of(
                new SchemaStore.Version(lsn(10), first), new SchemaStore.Version(lsn(10), second)));

        assertThat(shapes.schemas("p", lsn(10))).hasSize(2);
    }

    @Test
    void nothing_to_save_or_remove_is_fine() {
        store.create("p", RECORD, lsn(100), List.of());
        store.saveTables("p", List.of());
        store.saveTablesAndForgetSlot("p", List.of(), "unknown");
        store.removeTables("p", List.of());
        store.removeTables("p", List.of(ORDERS));
        shapes.saveSchemas("p", List.of());

        assertThat(store.tables("p")).isEmpty();
    }

    @Test
    void the_shape_at_a_position_is_the_latest_that_holds_there() {
        shapes.saveSchemas("p", List.of(version(10, ORDERS, "id"), version(30, ORDERS, "id", "new"),
                version(20, ITEMS, "id")));

        assertThat(shapes.schemas("p", lsn(9))).isEmpty();
        assertThat(shapes.schemas("p", lsn(10))).containsExactly(version(10, ORDERS, "id"));
        assertThat(shapes.schemas("p", lsn(29)))
                .containsExactlyInAnyOrder(version(10, ORDERS, "id"), version(20, ITEMS, "id"));
        assertThat(shapes.schemas("p", lsn(30)))
                .containsExactlyInAnyOrder(version(30, ORDERS, "id", "new"), version(20, ITEMS, "id"));
    }

    @Test
    void a_shape_is_replaced_with_all_its_columns() {
        shapes.saveSchemas("p", List.of(version(10, ORDERS, "id", "name", "price")));
        shapes.saveSchemas("p", List.of(version(10, ORDERS, "price", "id"), version(10, ITEMS)));

        assertThat(shapes.schemas("p", lsn(10)))
                .containsExactlyInAnyOrder(version(10, ORDERS, "price", "id"), version(10, ITEMS));
    }

    @Test
    void a_shape_keeps_every_detail() {
        List<Column> columns = List.of(
                new Column("id", 20, "bigint", -1, false, true, 7, "nextval('s'::regclass)"),
                new Column("price", 1700, "numeric(10,2)", 655366, true, false),
                new Column("unknown", 4294967295L, null, -1, true, false));
        for (ReplicaIdentity identity : ReplicaIdentity.values()) {
            TableSchema schema = new TableSchema(ORDERS, 4294967294L, identity, columns);

            shapes.saveSchemas("p", List.of(new SchemaStore.Version(lsn(1), schema)));

            TableSchema read = shapes.schemas("p", lsn(1)).get(0).schema();
            assertThat(read).isEqualTo(schema);
            assertThat(read.relationOid()).isEqualTo(4294967294L);
        }
    }

    @Test
    void names_may_hold_anything() {
        TableId table = new TableId(HOSTILE, HOSTILE + "t");
        PipelineRecord hostile = new PipelineRecord(HOSTILE, 1, HOSTILE, HOSTILE, 1, HOSTILE);
        TableState state = new TableState(table, TablePhase.ERROR, HOSTILE, lsn(1), HOSTILE, FIRST);
        SchemaStore.Version shape = version(1, table, HOSTILE, "", "NULL");

        store.create(HOSTILE, hostile, lsn(100), List.of());
        store.saveTables(HOSTILE, List.of(state));
        shapes.saveSchemas(HOSTILE, List.of(shape));

        assertThat(store.pipeline(HOSTILE)).contains(hostile);
        assertThat(store.positions(HOSTILE)).containsOnlyKeys(HOSTILE);
        assertThat(store.tables(HOSTILE)).containsExactly(state);
        assertThat(shapes.schemas(HOSTILE, lsn(1))).containsExactly(shape);

        store.removeTables(HOSTILE, List.of(table));
        assertThat(store.tables(HOSTILE)).isEmpty();
        assertThat(shapes.schemas(HOSTILE, lsn(1))).isEmpty();
    }

    @Test
    void preparing_again_keeps_everything() {
        store.create("p", RECORD, lsn(100), List.of());

        store.prepare();

        assertThat(store.pipeline("p")).contains(RECORD);
    }

    static List<TableId> manyTables(int count) {
        List<TableId> tables = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            tables.add(new TableId("public", "table_" + i));
        }
        return tables;
    }

    static SchemaStore.Version version(long from, TableId table, String... names) {
        List<Column> columns = new ArrayList<>();
        for (String name : names) {
            columns.add(new Column(name, 25, "text", -1, !columns.isEmpty(), columns.isEmpty()));
        }
        return new SchemaStore.Version(
                lsn(from),
                new TableSchema(table, relationOid(table), ReplicaIdentity.DEFAULT, columns));
    }

    private static long relationOid(TableId table) {
        return table.name().startsWith("table_")
                ? 20_000 + Integer.parseInt(table.name().substring("table_".length()))
                : OIDS.getOrDefault(table, FIRST).relationOid();
    }

    static Lsn lsn(long value) {
        return Lsn.of(value);
    }
}

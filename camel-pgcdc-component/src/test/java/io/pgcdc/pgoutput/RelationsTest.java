package io.pgcdc.pgoutput;

import java.util.List;

import io.pgcdc.model.Column;
import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.ReplicaIdentity;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableSchema;
import org.junit.jupiter.api.Test;

import static io.pgcdc.pgoutput.Feed.INT4;
import static io.pgcdc.pgoutput.Feed.INT8;
import static io.pgcdc.pgoutput.Feed.ITEM;
import static io.pgcdc.pgoutput.Feed.TEXT;
import static io.pgcdc.pgoutput.PgOutputBytes.column;
import static io.pgcdc.pgoutput.PgOutputBytes.deleteByKey;
import static io.pgcdc.pgoutput.PgOutputBytes.insert;
import static io.pgcdc.pgoutput.PgOutputBytes.key;
import static io.pgcdc.pgoutput.PgOutputBytes.relation;
import static io.pgcdc.pgoutput.PgOutputBytes.type;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

class RelationsTest {

    private final Feed feed = new Feed().feed(Feed.beginFirst());

    private TableSchema announced(byte[] message) {
        feed.feed(message);
        return feed.listener.announced.get(feed.listener.announced.size() - 1);
    }

    @Test
    void a_relation_is_announced_with_its_columns_and_its_key() {
        TableSchema schema = announced(relation(
                0xF000_0001, "Shop", "item \"x\"", 'i', key("id", INT8),
                new PgOutputBytes.Column(0, "größe", 1700, 655366)));

        assertThat(schema).isEqualTo(new TableSchema(
                new TableId("Shop", "item \"x\""), 0, ReplicaIdentity.INDEX, List.of(
                        new Column("id", 20, null, -1, true, true),
                        new Column("größe", 1700, null, 655366, true, false))));
        assertThat(schema.relationOid()).isEqualTo(0xF000_0001L);
    }

    @Test
    void a_relation_is_announced_with_the_position_of_its_commit() {
        feed.feedAt(0, Feed.item());

        assertThat(feed.listener.story).containsExactly("begin", "relation shop.item at 1/2000");
    }

    @Test
    void an_empty_schema_name_is_the_servers_own() {
        assertThat(announced(relation(1, "", "t", 'n')).table()).isEqualTo(new TableId("pg_catalog", "t"));
    }

    @Test
    void every_replica_identity_is_known() {
        for (ReplicaIdentity identity : ReplicaIdentity.values()) {
            assertThat(announced(relation(1, "s", "t", identity.code())).replicaIdentity()).isEqualTo(identity);
        }
    }

    @Test
    void a_column_has_the_name_of_its_type_if_that_was_told_before() {
        feed.feed(type(90000, "shop", "mood"), type(90001, "", "own"));

        TableSchema schema = announced(relation(
                1, "s", "t", 'd', column("a", 90000), column("b", 90001), column("c", 90002)));

        assertThat(schema.columns()).extracting(Column::typeName).containsExactly("shop.mood", "pg_catalog.own", null);
    }

    @Test
    void rows_get_the_schema_of_the_subscription() {
        TableSchema enriched = new TableSchema(
                new TableId("shop", "item"), ITEM, ReplicaIdentity.DEFAULT, List.of(
                        new Column("id", INT4, "integer", -1, false, true),
                        new Column("name", TEXT, "text", -1, false, true),
                        new Column("note", TEXT, "text", -1, true, false)));
        feed.listener.enrichment = announced -> enriched;

        feed.feed(Feed.item(), insert(ITEM, "1", "nut", null));

        assertThat(feed.listener.lastChange().tableSchema()).isSameAs(enriched);
        assertThat(feed.listener.lastChange().key()).containsExactly(entry("id", 1), entry("name", "nut"));
    }

    @Test
    void which_columns_an_old_key_has_is_what_the_stream_announced() {
        feed.listener.enrichment = announced -> new TableSchema(
                announced.table(), announced.relationOid(), announced.replicaIdentity(),
                announced.columns().stream()
                        .map(c -> new Column(c.name(), c.typeOid(), null, -1, true, !c.identity())).toList());

        feed.feed(Feed.item(), deleteByKey(ITEM, "1", null, null));

        assertThat(feed.listener.lastChange()).containsExactly(entry("id", 1));
    }

    @Test
    void a_relation_announced_again_has_its_new_shape_from_there_on() {
        feed.feed(
                Feed.item(), insert(ITEM, "1", "nut", null),
                relation(ITEM, "shop", "item", 'd', key("id", INT4), column("price", INT8)), insert(ITEM, "2", "300"));

        assertThat(feed.listener.changes).extracting(Object::toString)
                .containsExactly("insert of shop.item at 1/2000#0", "insert of shop.item at 1/2000#1");
        assertThat(feed.listener.lastChange()).containsExactly(entry("id", 2), entry("price", 300L));
    }

    @Test
    void relations_stay_known_in_later_transactions() {
        feed.feed(
                Feed.item(), Feed.commitFirst(), PgOutputBytes.begin(0x1_0000_3000L, 0, 8),
                insert(ITEM, "1", "a", "b"));

        assertThat(feed.listener.changes).hasSize(1);
    }

    @Test
    void a_row_of_a_relation_never_announced_is_refused() {
        feed.refuses(ErrorCode.PROTOCOL, insert(0xF000_0001, "1"))
                .withMessageContaining("4026531841").withMessageContaining("at LSN 1/1000");
    }

    @Test
    void after_an_announcement_that_can_not_be_read_the_old_shape_is_used_no_more() {
        feed.feed(Feed.item());

        feed.refuses(ErrorCode.PROTOCOL, relation(ITEM, "shop", "item", '?', key("id", INT4)))
                .withMessageContaining("shop.item").withMessageContaining("code 63");
        feed.refuses(ErrorCode.PROTOCOL, insert(ITEM, "1", "a", "b")).withMessageContaining("never announced");
    }

    @Test
    void two_columns_of_one_name_are_refused() {
        feed.refuses(ErrorCode.PROTOCOL, relation(1, "s", "t", 'd', column("a", INT4), column("a", INT4)))
                .withMessageContaining("two columns of one name");
    }

    @Test
    void more_columns_than_the_message_can_hold_are_refused() {
        byte[] message = PgOutputBytes.message('R').int32(1).text("s").text("t").int8('d').int16(0xFFFF)
                .int8(0).text("a").int32(INT4).int32(-1).bytes();

        feed.refuses(ErrorCode.PROTOCOL, message).withMessageContaining("65535 columns");
    }

    /** Every error about the table would tell it. */
    @Test
    void a_name_longer_than_any_server_gives_is_refused() {
        String name = "n".repeat(513);
        for (byte[] message : List.of(
                relation(1, name, "t", 'd'), relation(1, "s", name, 'd'), relation(1, "s", "t", 'd', key(name, INT4)),
                type(90000, name, "mood"), type(90000, "s", name))) {
            feed.refuses(ErrorCode.PROTOCOL, message)
                    .withMessageContaining("a name in it has 513 characters")
                    .satisfies(e -> assertThat(e.getMessage()).doesNotContain(name));
        }
        feed.feed(relation(1, "s", name.substring(1), 'd'));
    }

    @Test
    void a_relation_outside_a_transaction_is_refused() {
        new Feed().refuses(ErrorCode.PROTOCOL, Feed.item()).withMessageContaining("outside any transaction");
    }

    @Test
    void a_subscription_with_other_columns_is_a_defect_that_no_row_gets_past() {
        feed.listener.enrichment = announced -> new TableSchema(
                announced.table(), announced.relationOid(), announced.replicaIdentity(),
                announced.columns().subList(0, 2));
        feed.feed(Feed.item());

        feed.refuses(ErrorCode.INTERNAL, insert(ITEM, "1", "a", "b")).withMessageContaining("shop.item");
    }

    @Test
    void a_listener_without_a_subscription_is_a_defect() {
        feed.listener.withoutSubscription = true;

        feed.refuses(ErrorCode.INTERNAL, Feed.item()).withMessageContaining("shop.item");
    }
}

package io.pgcdc.routes.kafka;

import io.pgcdc.model.TableId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TopicNamesTest {

    @ParameterizedTest
    @CsvSource({
            "orders, orders",
            "Order-Items_2, Order-Items_2",
            "a.b, a_x002E_b",
            "'a b', a_x0020_b",
            "a_x0020_b, a_x005F_x0020_b",
            "_xylophone, _xylophone",
            "é, _x00E9_" })
    void a_name_becomes_one_that_kafka_knows_and_no_other_name_becomes_the_same(String name, String legal) {
        assertThat(TopicNames.legal(name)).isEqualTo(legal);
    }

    @Test
    void the_pattern_decides() {
        assertThat(new TopicNames("shop.{schema}.{table}.v1").of(new TableId("public", "orders")))
                .isEqualTo("shop.public.orders.v1");
    }

    @Test
    void two_tables_do_not_share_a_topic() {
        TopicNames topics = new TopicNames("{table}");
        topics.of(new TableId("public", "orders"));

        assertThat(topics.of(new TableId("public", "orders"))).isEqualTo("orders");
        assertThatThrownBy(() -> topics.of(new TableId("archive", "orders")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("The tables public.orders and archive.orders would share the topic orders: give each its own by"
                            + " the option topic, such as {schema}.{table}");
    }

    @Test
    void a_pattern_without_the_table_is_refused() {
        assertThatThrownBy(() -> new TopicNames("changes"))
                .hasMessage("The topic changes does not name the table: each table needs a topic of its own, such as"
                            + " {schema}.{table}");
    }
}

package io.pgcdc.routes.bigquery;

import java.util.List;
import java.util.Map;

import com.google.api.client.json.gson.GsonFactory;
import io.pgcdc.model.ChangeBatch;
import io.pgcdc.model.ChangeEvent;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Message;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What the bean makes for the stock component. */
class BigQueryChangelogTest {

    private final BigQueryChangelog changelog = new BigQueryChangelog();

    @Test
    void a_change_is_a_row_and_a_change_of_key_is_two() throws Exception {
        List<Message> requests = requests(
                Orders.insert(0x1001, 1, "a"), Orders.rekey(0x1002, 1, 2, "b"), Orders.delete(0x1003, 2),
                Orders.truncate(0x1004));
        assertThat(requests).hasSize(1);
        assertThat(requests.get(0).getHeader("CamelGoogleBigQueryTableId")).isEqualTo("orders_changelog");
        String commit = "2026-11-23T10:00:00Z";
        assertThat(rows(requests.get(0))).containsExactly(
                Map.of("_pgcdc_op", "insert", "_pgcdc_seq", "0000000000001001/0000000000000000/0", "_pgcdc_commit_ts", commit,
                        "id", 1L, "item", "a", "price", "1.50"),
                Map.of("_pgcdc_op", "delete", "_pgcdc_seq", "0000000000001002/0000000000000000/0", "_pgcdc_commit_ts", commit,
                        "id", 1L),
                Map.of("_pgcdc_op", "update", "_pgcdc_seq", "0000000000001002/0000000000000000/1", "_pgcdc_commit_ts", commit,
                        "id", 2L, "item", "b", "price", "1.50"),
                Map.of("_pgcdc_op", "delete", "_pgcdc_seq", "0000000000001003/0000000000000000/0", "_pgcdc_commit_ts", commit,
                        "id", 2L),
                Map.of("_pgcdc_op", "truncate", "_pgcdc_seq", "0000000000001004/0000000000000000/0", "_pgcdc_commit_ts",
                        commit));
    }

    @Test
    void a_request_has_at_most_500_rows_and_9_MB_as_json() throws Exception {
        assertThat(requests(Orders.inserts(1200).toArray(ChangeEvent[]::new)))
                .extracting(request -> rows(request).size()).containsExactly(500, 500, 200);
        String large = "\u0001\"<ß€\ud83d\ude00 plain".repeat(100_000);
        List<Message> requests = requests(
                Orders.insert(1, 1, large), Orders.insert(2, 2, large), Orders.insert(3, 3, large),
                Orders.insert(4, 4, large), Orders.insert(5, 5, large));
        assertThat(requests).hasSizeGreaterThan(1);
        for (Message request : requests) {
            assertThat(GsonFactory.getDefaultInstance().toByteArray(rows(request)).length).isLessThan(9_000_000);
        }
        assertThatThrownBy(() -> requests(Orders.insert(0x1006, 6, "x".repeat(9_000_000))))
                .hasMessageContaining("The row of the event 0000000000001006/0000000000000000 of public.orders has");
    }

    @Test
    void what_can_not_be_kept_exactly_is_refused_without_its_value() {
        assertThatThrownBy(() -> requests(Orders.priced(0x1001, 1, "NaN")))
                .hasMessageContaining("public.orders.price in the event 0000000000001001").hasMessageNotContaining("NaN");
        assertThatThrownBy(() -> requests(Orders.unchangedItem(0x1001, 1)))
                .hasMessageContaining("REPLICA IDENTITY FULL");
    }

    @Test
    void groups_of_batches_are_taken_and_the_grouped_exchanges_go() throws Exception {
        Exchange exchange = exchange(List.of(
                new ChangeBatch(List.of(Orders.insert(1, 1, "a"))), Orders.insert(2, 2, "b")));
        exchange.setProperty(ExchangePropertyKey.GROUPED_EXCHANGE, List.of());
        changelog.process(exchange);
        assertThat(exchange.getMessage().getBody(List.class)).hasSize(1);
        assertThat(exchange.getProperty(ExchangePropertyKey.GROUPED_EXCHANGE)).isNull();
    }

    @SuppressWarnings("unchecked")
    private List<Message> requests(ChangeEvent... events) {
        Exchange exchange = exchange(new ChangeBatch(List.of(events)));
        changelog.process(exchange);
        return exchange.getMessage().getBody(List.class);
    }

    private static Exchange exchange(Object body) {
        Exchange exchange = new DefaultExchange(new DefaultCamelContext());
        exchange.getMessage().setBody(body);
        return exchange;
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> rows(Message request) {
        return request.getBody(List.class);
    }
}

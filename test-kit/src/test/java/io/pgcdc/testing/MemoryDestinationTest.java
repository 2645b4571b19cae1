package io.pgcdc.testing;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static io.pgcdc.testing.PipelineExchanges.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class MemoryDestinationTest {

    private static final String TABLE = "public.t";

    private final DefaultCamelContext context = new DefaultCamelContext();
    private final PipelineExchanges exchanges = new PipelineExchanges(context);
    private final MemoryDestination destination = new MemoryDestination();
    private final List<String> answers = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void start() {
        context.start();
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    @Test
    void rows_are_as_the_changes_left_them() {
        send(exchanges.insert(1, "a"), exchanges.insert(2, "b"), exchanges.insert(3, null), exchanges.move(1, 4, "c"),
                exchanges.delete(2));

        assertThat(destination.rows(TABLE)).isEqualTo(Map.of(
                3, row("id", 3, "v", null, "big", "large"), 4, row("id", 4, "v", "c", "big", "large")));
        assertThat(destination.rows(TABLE).get(4).keySet()).as("in column order").containsExactly("id", "v", "big");
        assertThat(destination.changes(TABLE)).extracting(Change::operation)
                .containsExactly("insert", "insert", "insert", "update", "delete");

        send(exchanges.truncate());

        assertThat(destination.rows(TABLE)).isEmpty();
        assertThat(destination.rows("public.other")).isEmpty();
    }

    @Test
    void rows_without_a_key_are_kept_one_by_one_and_once_each() {
        Exchange first = exchanges.withoutKey("same");
        send(first, exchanges.withoutKey("same"), first);

        assertThat(destination.rows(TABLE)).hasSize(2);
    }

    @Test
    void a_batch_is_written_whole_in_order_or_not_at_all() {
        destination.when(change -> change.key().equals(Map.of("id", 2))).times(1).reject();
        Exchange batch = exchanges.batch(exchanges.insert(1, "a"), exchanges.insert(2, "b"), exchanges.delete(1));

        send(batch);
        assertThat(batch.getException()).isInstanceOf(FaultException.class).hasMessageContaining("3 changes");
        assertThat(destination.changes()).isEmpty();

        batch.setException(null);
        send(batch);
        assertThat(batch.getException()).isNull();
        assertThat(destination.rows(TABLE)).containsOnlyKeys(2);
        assertThat(destination.arrivals()).isEqualTo(2);
    }

    @Test
    void the_nth_exchange_is_rejected_and_nothing_of_it_is_written() {
        destination.at(2).reject();
        Exchange rejected = exchanges.insert(2, "secret");

        send(exchanges.insert(1, "a"), rejected, exchanges.insert(3, "c"));

        assertThat(rejected.getException()).isInstanceOf(FaultException.class)
                .hasMessageContaining("insert of public.t").hasMessageNotContaining("secret");
        assertThat(destination.rows(TABLE)).containsOnlyKeys(1, 3);
    }

    @Test
    void a_fault_without_times_goes_on_until_it_is_healed() {
        destination.when(change -> change.isRow()).reject();
        List<Exchange> rejected = List.of(exchanges.insert(1, "a"), exchanges.insert(2, "b"));
        send(rejected.toArray(Exchange[]::new));
        destination.heal();
        send(exchanges.insert(3, "c"));

        assertThat(rejected).allSatisfy(each -> assertThat(each.getException()).isNotNull());
        assertThat(destination.rows(TABLE)).containsOnlyKeys(3);
    }

    @Test
    void what_fails_after_writing_is_there() {
        destination.at(1).failAfterWriting();
        Exchange exchange = exchanges.insert(1, "a");

        send(exchange);

        assertThat(exchange.getException()).isInstanceOf(FaultException.class);
        assertThat(destination.rows(TABLE)).containsOnlyKeys(1);
    }

    @Test
    void what_is_held_is_neither_written_nor_answered_before_it_is_released() throws Exception {
        destination.when(change -> change.key().get("id").equals(1)).hold();
        CompletableFuture<Exchange> held = destination.processAsync(exchanges.insert(1, "a"));
        CompletableFuture<Exchange> other = destination.processAsync(exchanges.insert(2, "b"));

        destination.awaitHeld(1);
        assertThat(held).isNotDone();
        assertThat(other).isDone();
        assertThat(destination.rows(TABLE)).containsOnlyKeys(2);
        assertThat(destination).hasToString(
                "memory destination: 2 exchange(s) came, 1 change(s) written, 1 exchange(s) not answered");

        destination.release();

        assertThat(destination.rows(TABLE)).as("at once").containsOnlyKeys(1, 2);
        assertThat(held.get(10, TimeUnit.SECONDS).getException()).isNull();
        assertThat(destination.processAsync(exchanges.insert(1, "again"))).as("holds no more").isDone();
    }

    @Test
    void a_late_answer_comes_after_those_of_others_and_on_another_thread() throws Exception {
        destination.at(1).answerAfter(2);
        Thread[] answering = new Thread[1];
        CompletableFuture<Void> late = destination.processAsync(exchanges.insert(1, "a")).thenRun(() -> {
            answering[0] = Thread.currentThread();
            answers.add("late");
        });
        assertThat(destination.rows(TABLE)).as("written at once").containsOnlyKeys(1);
        for (int id = 2; id <= 3; id++) {
            assertThat(late).isNotDone();
            destination.process(exchanges.insert(id, "b"), sync -> answers.add("other"));
        }

        late.get(10, TimeUnit.SECONDS);
        assertThat(answers).containsExactly("other", "other", "late");
        assertThat(answering[0]).isNotSameAs(Thread.currentThread());
    }

    @Test
    void late_answers_wait_for_each_other_in_turn() throws Exception {
        destination.at(1).answerAfter(1);
        destination.at(2).answerAfter(1);
        CompletableFuture<Void> first
                = destination.processAsync(exchanges.insert(1, "a")).thenRun(() -> answers.add("first"));
        CompletableFuture<Void> second
                = destination.processAsync(exchanges.insert(2, "b")).thenRun(() -> answers.add("second"));
        assertThat(first).isNotDone();

        destination.processAsync(exchanges.insert(3, "c"));

        CompletableFuture.allOf(first, second).get(10, TimeUnit.SECONDS);
        assertThat(answers).containsExactlyInAnyOrder("first", "second");
    }

    @Test
    void zero_others_is_just_another_thread() throws Exception {
        destination.when(change -> true).answerAfter(0);

        assertThat(destination.processAsync(exchanges.insert(1, "a")).get(10, TimeUnit.SECONDS).getException()).isNull();
    }

    @Test
    void a_synchronous_caller_waits_for_the_answer() {
        destination.at(1).answerAfter(0);

        destination.process(exchanges.insert(1, "a"));

        assertThat(destination.rows(TABLE)).hasSize(1);
    }

    @Test
    void what_a_stopped_context_left_is_forgotten() {
        destination.at(1).hold();
        CompletableFuture<Exchange> held = destination.processAsync(exchanges.insert(1, "a"));
        assertThat(destination.held()).isEqualTo(1);
        context.stop();

        destination.release();

        assertThat(destination.held()).isZero();
        assertThat(destination.changes()).isEmpty();
        assertThat(held).isNotDone();
    }

    @Test
    void an_exchange_of_something_else_fails_and_the_error_says_what_to_do() {
        Exchange text = exchanges.insert(1, "a");
        text.getIn().setBody("{\"id\": 1}");
        Exchange bare = exchanges.insert(1, "a");
        bare.getIn().setBody(List.of(Map.of("id", 1)));

        send(text, bare);

        assertThat(text.getException()).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("java.lang.String").hasMessageContaining("before steps that change");
        assertThat(bare.getException()).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("GroupedExchangeAggregationStrategy");
    }

    @Test
    void faults_that_make_no_sense_are_refused() {
        assertThatThrownBy(() -> destination.at(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> destination.at(1).answerAfter(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    private void send(Exchange... all) {
        for (Exchange exchange : all) {
            assertThat(destination.processAsync(exchange)).isDone();
        }
    }
}

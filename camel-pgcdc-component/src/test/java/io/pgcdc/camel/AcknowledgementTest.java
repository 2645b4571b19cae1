package io.pgcdc.camel;

import java.util.ArrayList;
import java.util.List;

import io.pgcdc.pipeline.Completion;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class AcknowledgementTest {

    private final CamelContext context = new DefaultCamelContext();
    private final PgCdcAggregationStrategy strategy = new PgCdcAggregationStrategy();
    private final List<String> answers = new ArrayList<>();

    @Test
    void an_exchange_that_ends_well_is_done_and_one_that_failed_or_was_rolled_back_has_failed() {
        Exchange failed = new DefaultExchange(context);
        failed.setException(new IllegalStateException());
        Exchange rolledBack = new DefaultExchange(context);
        rolledBack.setRollbackOnly(true);

        acknowledgement().onComplete(new DefaultExchange(context));
        acknowledgement().onFailure(failed);
        acknowledgement().onComplete(rolledBack);

        assertThat(answers).containsExactly("done", "failed", "failed");
    }

    @Test
    void an_exchange_in_a_group_is_held_until_the_group_goes_and_done_when_the_group_is() {
        Exchange member = member();
        Exchange group = strategy.aggregate(null, copyOf(member));
        end(member);
        assertThat(answers).containsExactly("held");
        strategy.onCompletion(group);
        end(group);
        assertThat(answers).containsExactly("held", "not held", "done");
    }

    @Test
    void a_group_that_joins_another_group_is_held_again() {
        Exchange member = member();
        Exchange inner = strategy.aggregate(null, copyOf(member));
        end(member);
        strategy.onCompletion(inner);
        Exchange outer = strategy.aggregate(null, copyOf(inner));
        end(inner);
        assertThat(answers).containsExactly("held", "not held", "held");
        strategy.onCompletion(outer);
        end(outer);
        assertThat(answers).containsExactly("held", "not held", "held", "not held", "done");
    }

    @Test
    void an_exchange_in_two_groups_is_done_when_both_are() {
        Exchange member = member();
        Exchange one = strategy.aggregate(null, copyOf(member));
        Exchange other = strategy.aggregate(null, copyOf(member));
        end(member);
        strategy.onCompletion(one);
        end(one);
        assertThat(answers).doesNotContain("done");
        strategy.onCompletion(other);
        end(other);
        assertThat(answers).endsWith("done").containsOnlyOnce("done");
    }

    @Test
    void the_parts_of_a_split_leave_the_decision_to_their_exchange() {
        Exchange member = member();
        strategy.aggregate(strategy.aggregate(null, copyOf(member), member), copyOf(member), member);
        end(member);
        assertThat(answers).containsExactly("done");
    }

    private Exchange member() {
        Exchange exchange = new DefaultExchange(context);
        exchange.getMessage().setBody("row");
        Acknowledgement acknowledgement = acknowledgement();
        exchange.setProperty(Acknowledgement.PROPERTY, acknowledgement);
        exchange.getExchangeExtension().addOnCompletion(acknowledgement);
        return exchange;
    }

    /** As an aggregation gets it: without completions. */
    private static Exchange copyOf(Exchange exchange) {
        return exchange.copy();
    }

    private static void end(Exchange exchange) {
        exchange.getExchangeExtension().handoverCompletions().forEach(completion -> completion.onComplete(exchange));
    }

    private Acknowledgement acknowledgement() {
        return new Acknowledgement(new Completion() {
            @Override
            public void done() {
                answers.add("done");
            }

            @Override
            public void failed(Throwable cause) {
                answers.add("failed");
            }

            @Override
            public void held(boolean held) {
                answers.add(held ? "held" : "not held");
            }
        });
    }
}

package io.pgcdc.examples.routes;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import jakarta.jms.JMSContext;
import jakarta.jms.Message;
import jakarta.jms.TextMessage;

import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

@PostgresTest
class ChangesToJmsIT {

    private static final int WAIT_MILLIS = 10_000;

    @Test
    void a_change_is_a_message_and_what_comes_while_the_broker_is_away_comes_again(TestDatabase database) throws Exception {
        ShopRoute.createShop(database);
        EmbeddedActiveMQ broker = new EmbeddedActiveMQ().setConfiguration(
                new ConfigurationImpl().setPersistenceEnabled(false).setSecurityEnabled(false)
                        .addAcceptorConfiguration("here", "vm://0"));
        ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory("vm://0?broker.persistent=false");
        try (ShopRoute route = new ShopRoute("changes-to-jms.camel.yaml", database, Map.of("#artemis", factory))) {
            route.awaitFailure();
            broker.start();
            route.awaitCaughtUp();
            ShopRoute.change(database);
            route.awaitCaughtUp();

            assertThat(messages(factory)).containsExactly(
                    "read {\"id\":1,\"item\":\"tea\",\"price\":2.50}", "update {\"id\":1,\"item\":\"tea\",\"price\":3.00}",
                    "delete {\"id\":1}");
        } finally {
            factory.close();
            broker.stop();
        }
    }

    private static List<String> messages(ActiveMQConnectionFactory factory) throws Exception {
        List<String> messages = new ArrayList<>();
        try (JMSContext context = factory.createContext()) {
            var consumer = context.createConsumer(context.createQueue("shop"));
            Message next = consumer.receive(WAIT_MILLIS);
            while (next != null) {
                messages.add(next.getStringProperty("operation") + ' ' + ((TextMessage) next).getText());
                next = consumer.receiveNoWait();
            }
        }
        return messages;
    }
}

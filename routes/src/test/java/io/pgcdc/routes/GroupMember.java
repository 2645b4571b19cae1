package io.pgcdc.routes;

import io.pgcdc.routes.kafka.FromKafka;
import io.pgcdc.routes.kafka.KafkaCommit;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;

/** A JVM that is killed: one consumer of a group, which keeps its share of the rows. */
public final class GroupMember {

    static final String BROKERS = "GROUP_MEMBER_BROKERS";
    static final String TOPICS = "GROUP_MEMBER_TOPICS";
    static final String SINK = "GROUP_MEMBER_SINK";

    private GroupMember() {
    }

    public static void main(String[] arguments) throws Exception {
        Main main = new Main();
        main.bind("fromKafka", new FromKafka());
        main.bind("kafkaCommit", new KafkaCommit());
        main.configure().withShutdownTimeout(20);
        main.configure().addRoutesBuilder(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("kafka:" + System.getenv(TOPICS) + "?brokers=" + System.getenv(BROKERS) + "&groupId=warehouse"
                     + "&autoOffsetReset=earliest&sessionTimeoutMs=6000&heartbeatIntervalMs=1000&breakOnFirstError=true"
                     + "&valueDeserializer=org.apache.kafka.common.serialization.ByteArrayDeserializer"
                     + "&batching=true&maxPollRecords=100&autoCommitEnable=false&allowManualCommit=true")
                        .process("fromKafka")
                        .to("pgcdc-jdbc:warehouse?" + System.getenv(SINK))
                        .process("kafkaCommit");
            }
        });
        main.run();
    }
}

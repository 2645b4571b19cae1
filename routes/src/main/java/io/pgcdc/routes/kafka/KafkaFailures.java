package io.pgcdc.routes.kafka;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;

/** What is said of Kafka's failures: which change it was, why, and what to do. */
final class KafkaFailures {

    private KafkaFailures() {
    }

    static PgCdcException of(ChangeEvent change, Throwable cause) {
        return new PgCdcException(
                ErrorCode.DESTINATION, "Kafka did not take the " + change + ": " + withoutStop(cause.getMessage()),
                remedy(cause), cause);
    }

    /** There is no client; Kafka tells the reason in the cause. */
    static PgCdcException ofClient(RuntimeException failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return new PgCdcException(
                ErrorCode.DESTINATION, "There is no producer for Kafka: " + withoutStop(cause.getMessage()),
                "Look at the option brokers, and at those of the component kafka", failure);
    }

    private static String withoutStop(String sentence) {
        return sentence != null && sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
    }

    private static String remedy(Throwable cause) {
        if (cause instanceof RecordTooLargeException) {
            return "Raise maxRequestSize of the client and max.message.bytes of the topic";
        }
        if (cause instanceof TimeoutException) {
            return "See whether the brokers can be reached, and whether the topic is there or they create it";
        }
        if (cause instanceof AuthorizationException || cause instanceof AuthenticationException) {
            return "Let the client's user write to the topic, and create it if it is not there";
        }
        return null;
    }
}

package io.pgcdc.camel;

import org.apache.camel.CamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The metrics of one consumer, if there is somebody to have them. */
interface ConsumerMeters {

    /** Nobody has them. */
    ConsumerMeters NONE = new ConsumerMeters() {
        @Override
        public void refresh() {
        }

        @Override
        public void remove() {
        }
    };

    /** What there is of tables may have changed; called by the pipeline every two seconds. */
    void refresh();

    /** The consumer stops. */
    void remove();

    /** Registers them, if Micrometer is on the class path and a registry of its in that of the context. */
    static ConsumerMeters register(PgCdcConsumer consumer) {
        CamelContext context = consumer.getEndpoint().getCamelContext();
        try {
            Class.forName("io.micrometer.core.instrument.MeterRegistry", false, ConsumerMeters.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            return NONE;
        }
        ConsumerMeters meters = MicrometerMeters.register(context, consumer);
        Logger log = LoggerFactory.getLogger(ConsumerMeters.class);
        if (meters == NONE) {
            log.debug("No single MeterRegistry in the registry of {}: no metrics of {}", context.getName(), consumer);
        }
        return meters;
    }
}

package io.pgcdc.pipeline;

import java.util.List;

/**
 * A piece of the stream on its way from reader to delivery.
 *
 * @param deliveries what to hand over, in order
 * @param boundary   once all of it was handed over, everything before this position was
 */
record Window(List<Delivery> deliveries, long boundary) {

    long heapBytes() {
        long sum = 0;
        for (Delivery delivery : deliveries) {
            sum += delivery.heapBytes;
        }
        return sum;
    }
}

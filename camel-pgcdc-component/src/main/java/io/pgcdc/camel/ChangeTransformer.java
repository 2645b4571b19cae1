package io.pgcdc.camel;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import io.pgcdc.model.ChangeEvent;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.spi.DataType;
import org.apache.camel.spi.Transformer;

/**
 * Turns the body of a pgcdc exchange into JSON text and says so in the header {@code Content-Type}. A single change
 * becomes one object, whatever it tells; a batch, and what {@link PgCdcAggregationStrategy} put together, an array with
 * an element for each change.
 */
abstract class ChangeTransformer extends Transformer {

    /**
     * Replaces the body.
     *
     * @throws IllegalArgumentException if the body is no change and no list of changes; tells its class only
     */
    @Override
    public final void transform(Message message, DataType from, DataType to) {
        Object body = message.getBody();
        Origin origin = Origin.of(message);
        JsonWriter json = new JsonWriter();
        boolean isBatch = body instanceof Collection;
        if (isBatch) {
            json.beginArray();
            flat((Collection<?>) body, new ArrayList<>()).forEach(change -> write(json, change, origin));
            json.endArray();
        } else {
            write(json, change(body), origin);
        }
        message.setBody(json.toString());
        message.setHeader(Exchange.CONTENT_TYPE, contentType(isBatch));
    }

    abstract void write(JsonWriter json, ChangeEvent change, Origin origin);

    abstract String contentType(boolean isBatch);

    /** Batches that were aggregated are lists in a list. */
    private List<ChangeEvent> flat(Collection<?> bodies, List<ChangeEvent> target) {
        for (Object body : bodies) {
            if (body instanceof Collection<?> more) {
                flat(more, target);
            } else {
                target.add(change(body));
            }
        }
        return target;
    }

    private ChangeEvent change(Object body) {
        if (body instanceof ChangeEvent change) {
            return change;
        }
        throw new IllegalArgumentException(
                "The data type " + getName()
                                           + " is made of the body of a pgcdc exchange, a change or a list of changes, not of "
                                           + (body == null ? "null" : body.getClass().getName()));
    }
}

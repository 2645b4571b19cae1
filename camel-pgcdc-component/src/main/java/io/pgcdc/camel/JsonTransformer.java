package io.pgcdc.camel;

import io.pgcdc.model.ChangeEvent;
import org.apache.camel.spi.DataTypeTransformer;

/** The row alone, as the type converters give it. */
@DataTypeTransformer(name = "pgcdc:json",
                     description = "Transforms a change to the JSON object of its row, a batch to an array of these")
public final class JsonTransformer extends ChangeTransformer {

    @Override
    void write(JsonWriter json, ChangeEvent change, Origin origin) {
        json.value(change);
    }

    @Override
    String contentType(boolean isBatch) {
        return "application/json";
    }
}

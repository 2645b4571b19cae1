package io.pgcdc.camel;

import io.pgcdc.model.Column;
import io.pgcdc.model.TableSchema;

/** The shape of a table as a JSON object: its columns in order, and which of them are the key. */
final class SchemaJson {

    private SchemaJson() {
    }

    static void write(JsonWriter json, TableSchema schema) {
        json.beginObject().name("primaryKeyColumnNames").beginArray();
        schema.columns().stream().filter(Column::identity).forEach(column -> json.value(column.name()));
        json.endArray().name("columns").beginArray();
        int position = 1;
        for (Column column : schema.columns()) {
            json.beginObject()
                    .member("name", column.name())
                    .member("nativeType", column.typeOid())
                    .member("typeName", column.typeName())
                    .member("position", position++)
                    .member("optional", column.nullable())
                    .endObject();
        }
        json.endArray().endObject();
    }
}

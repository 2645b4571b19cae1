package io.pgcdc.routes.bigquery.fake;

/** A column of a table. */
public record FakeColumn(String name, String type, boolean required, String description) {

    FakeColumn as(String newType) {
        return new FakeColumn(name, newType, required, description);
    }
}

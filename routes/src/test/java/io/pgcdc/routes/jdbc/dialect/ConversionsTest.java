package io.pgcdc.routes.jdbc.dialect;

import io.pgcdc.model.Column;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What a change of a column's type leaves as PostgreSQL has it; of all else a warning says that it may not. */
class ConversionsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "smallint|-1|bigint|-1", "varchar|14|varchar|24", "varchar|14|text|-1", "numeric|786438|numeric|1310726",
            "numeric|786438|numeric|-1", "timestamp|3|timestamp|-1" })
    void a_wider_type_of_the_same_family_keeps_values(String before, int modifier, String after, int other) {
        assertThat(Conversions.keepValues(column(before, modifier), column(after, other))).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "char|9|text|-1", "timestamp|-1|timestamp|0", "numeric|-1|numeric|2621446", "integer|-1|numeric|2621446",
            "text|-1|char|9", "bytea|-1|text|-1", "boolean|-1|text|-1", "double precision|-1|text|-1", "varchar|24|varchar|14",
            "numeric|196615|numeric|-1", "text|-1|varchar|14" })
    void another_one_may_not(String before, int modifier, String after, int other) {
        assertThat(Conversions.keepValues(column(before, modifier), column(after, other))).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "integer|numeric|true", "char|text|true", "timestamp|date|false", "bytea|text|false", "timestamptz|date|false" })
    void postgresql_converts_as_the_source_does_but_what_depends_on_the_session(String before, String after, boolean keeps) {
        assertThat(new PostgresDialect().keepsValues(column(before, -1), column(after, -1))).isEqualTo(keeps);
    }

    private static Column column(String type, int modifier) {
        String full = switch (type) {
            case "varchar" -> "character varying";
            case "char" -> "character";
            case "timestamp" -> "timestamp without time zone";
            case "timestamptz" -> "timestamp with time zone";
            default -> type;
        };
        return new Column("c", 1, full, modifier, true, false);
    }
}

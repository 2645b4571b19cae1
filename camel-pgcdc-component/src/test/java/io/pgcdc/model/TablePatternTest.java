package io.pgcdc.model;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TablePatternTest {

    @Test
    void tables_and_schemas_are_told_apart() {
        assertThat(TablePattern.parseAll(" public.orders ,sales.*,", "here"))
                .containsExactly(new TablePattern("public", "orders"), new TablePattern("sales", null));
    }

    @Test
    void names_are_taken_as_they_are() {
        assertThat(TablePattern.parseAll("Public.Ord ers,s.a.b,s.*x", "here")).containsExactly(
                new TablePattern("Public", "Ord ers"), new TablePattern("s", "a.b"), new TablePattern("s", "*x"));
    }

    @Test
    void quoted_names_may_hold_anything() {
        assertThat(TablePattern.parseAll("\"a.b\".\"*\", \"x, \"\"y\"\"\" . t,s.\" \"", "here")).containsExactly(
                new TablePattern("a.b", "*"), new TablePattern("x, \"y\"", "t"), new TablePattern("s", " "));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "public|orders|public.orders", "s|a.b|s.a.b", "Public|Ord ers|Public.Ord ers", "my.schema|t|\"my.schema\".\"t\"",
            "s|a,b|\"s\".\"a,b\"", "s|*|\"s\".\"*\"", "s|` a`|\"s\".\" a\"", "s|\"a\"|\"s\".\"\"\"a\"\"\"" })
    void a_table_is_told_so_that_it_is_read_as_that_table(String schema, String name, String told) {
        TableId table = new TableId(schema, name);
        assertThat(TablePattern.text(table)).isEqualTo(told);
        assertThat(TablePattern.parse(told, "here").table()).isEqualTo(table);
        assertThat(TablePattern.parseAll(told, "here")).containsExactly(new TablePattern(schema, name));
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "orders", ".orders", "public.", "public.a,b", "public.\"a", "public.\"a\"b", "\"\".a", " . ",
            "public.a b\"" })
    void what_names_no_table_is_refused(String text) {
        assertThatThrownBy(() -> TablePattern.parseAll(text, "The option tables"))
                .isInstanceOf(PgCdcException.class)
                .hasMessageContaining("The option tables names")
                .hasMessageContaining("schema.table");
    }
}

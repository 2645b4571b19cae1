package io.pgcdc.types;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.pgcdc.types.TypeDescription.Attribute;
import io.pgcdc.types.TypeDescription.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Types that users and extensions make, as a look-up tells them. */
class LearntTypesTest {

    private static final Codecs PORTABLE = SomeTypes.learnt(ValueStyle.PORTABLE, true);
    private static final Codecs JAVA = SomeTypes.learnt(ValueStyle.JAVA, true);

    @Test
    void an_enum_is_its_text() {
        assertThat(portable(SomeTypes.MOOD, "happy")).isEqualTo("happy");
        assertThat(portable(SomeTypes.MOODS, "{happy,NULL,\"a b\"}")).isEqualTo(Arrays.asList("happy", null, "a b"));
    }

    @Test
    void a_domain_is_what_it_is_made_of() {
        assertThat(portable(SomeTypes.POSITIVE, "7")).isEqualTo(7);
        assertThat(portable(SomeTypes.EVEN_POSITIVE, "8")).isEqualTo(8);
        assertThat(portable(SomeTypes.POSITIVES, "{7,NULL}")).isEqualTo(Arrays.asList(7, null));
        assertThat(portable(SomeTypes.MATRIX, "{{1,2},{3,4}}")).isEqualTo(List.of(List.of(1, 2), List.of(3, 4)));
        assertThat(portable(SomeTypes.MATRICES, "{\"{{1},{2}}\",\"{}\"}"))
                .isEqualTo(List.of(List.of(List.of(1), List.of(2)), List.of()));
    }

    @Test
    void a_composite_value_is_a_map_of_its_attributes_in_order() {
        Object value = portable(SomeTypes.ITEM, "(8,\"a \"\"b\"\", \\\\c\",\"2026-11-23 10:00:00+00\")");
        assertThat(value).isEqualTo(Map.of("number", 8, "name", "a \"b\", \\c", "at", "2026-11-23T10:00:00Z"));
        assertThat(((Map<?, ?>) value).keySet()).hasToString("[number, name, at]");
        assertThat(java(SomeTypes.ITEM, "(,,\"2026-11-23 10:00:00+00\")")).asString()
                .isEqualTo("{number=null, name=null, at=2026-11-23T10:00Z}");
    }

    @Test
    void nothing_is_null_and_quotes_without_anything_are_an_empty_text_in_a_composite_value() {
        assertThat(portable(SomeTypes.ITEM, "(,\"\",)")).isEqualTo(row("number", null, "name", "", "at", null));
    }

    @Test
    void composite_values_may_be_in_each_other_and_in_arrays() {
        Object item = row("number", 2, "name", "x,y", "at", null);
        assertThat(portable(SomeTypes.ITEMS, "{\"(2,\\\"x,y\\\",)\",NULL}")).isEqualTo(Arrays.asList(item, null));
        assertThat(portable(SomeTypes.PARCEL, "(\"(2,\"\"x,y\"\",)\",\"{\"\"(2,\\\\\"\"x,y\\\\\"\",)\"\"}\",\"{happy,sad}\")"))
                .isEqualTo(row("first", item, "all", List.of(item), "moods", List.of("happy", "sad")));
    }

    @Test
    void nobody_can_change_a_composite_value_or_an_hstore() {
        for (Object value : new Object[] {
                portable(SomeTypes.ITEM, "(,,)"), portable(SomeTypes.NOTHING, "()"),
                portable(SomeTypes.HSTORE, ""), portable(SomeTypes.HSTORE, "\"a\"=>\"1\"") }) {
            @SuppressWarnings("unchecked")
            Map<String, Object> map = (Map<String, Object>) value;
            assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> map.put("a", null));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "", "(", ")", "1,2,3", "(1,2,3", "1,2,3)", "(1,2,3))", "(1,2,3) ", " (1,2,3)", "(1,\"2,3)", "(1,\"2\"x,3)",
            "(1,x\"2\",3)", "(1,\"a\\b\",3)", "(1,a\\b,3)", "(1,(2),3)", "(\"1\"", "(\"" })
    void what_is_no_composite_value_is_malformed(String text) {
        assertThatThrownBy(() -> portable(SomeTypes.ITEM, text)).isInstanceOf(ValueFormatException.class)
                .hasMessageStartingWith("not a value of type item: ");
    }

    @Test
    void a_range_of_any_type_is_its_text() {
        assertThat(java(SomeTypes.FLOAT_RANGE, "[1.5,2)")).isEqualTo("[1.5,2)");
        assertThat(java(SomeTypes.FLOAT_MULTIRANGE, "{[1.5,2)}")).isEqualTo("{[1.5,2)}");
    }

    @Test
    void an_hstore_is_a_map_of_texts() {
        assertThat(portable(SomeTypes.HSTORE, "")).isEqualTo(Map.of());
        assertThat(java(SomeTypes.HSTORE, "\"b\"=>\"\", \"a\\\"\\\\\"=>NULL, \"größe\"=>\"NULL\"")).asString()
                .isEqualTo("{b=, a\"\\=null, größe=NULL}");
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "a", "\"a\"", "\"a\"=", "\"a\"=>", "\"a\"=>b", "\"a\"=>\"b", "\"a\"=>\"b\\", "\"a\"=>null", "\"a\"=>NULL,",
            "\"a\"=>NULL, ", "\"a\"=>NULL,\"b\"=>NULL", "NULL=>\"a\"", "\"a\" => \"b\"", "\"a\"=>\"b\" " })
    void what_is_no_hstore_is_malformed(String text) {
        assertThatThrownBy(() -> portable(SomeTypes.HSTORE, text)).isInstanceOf(ValueFormatException.class)
                .hasMessageStartingWith("not a value of type hstore: ");
    }

    @Test
    void a_well_known_extension_type_is_its_text_in_whatever_schema_it_is() {
        assertThat(portable(SomeTypes.CITEXT, "Größe")).isEqualTo("Größe");
        assertThat(java(SomeTypes.CITEXTS, "{a,NULL}")).isEqualTo(Arrays.asList("a", null));
        assertThat(ExtensionTypes.ALL).containsKeys(
                "ltree", "lquery", "ltxtquery", "cube", "seg", "isbn", "vector", "halfvec", "sparsevec", "geometry",
                "geography");
    }

    @Test
    void a_type_that_is_really_unknown_follows_the_rule_for_it_also_in_arrays() {
        assertThat(portable(SomeTypes.COMPLEX, "(1,2)")).isEqualTo("KDEsMik=");
        assertThat(portable(SomeTypes.COMPLEXES, "{(1,2);NULL}")).isEqualTo(Arrays.asList("KDEsMik=", null));
        assertThat(java(SomeTypes.COMPLEX, "(1,2)")).isEqualTo("(1,2)".getBytes(StandardCharsets.UTF_8));
        assertThat(decode(SomeTypes.learnt(ValueStyle.JAVA, false), SomeTypes.COMPLEX, "(1,2)")).isEqualTo("(1,2)");
    }

    @Test
    void a_type_that_is_known_is_not_looked_up_again() {
        Catalogue catalogue = new Catalogue(TypeDescription.plain(SomeTypes.MOOD, "shop", "mood", Kind.ENUM));
        Codecs codecs = catalogue.codecs(ValueStyle.JAVA);
        codecs.learn(SomeTypes.names(List.of(SomeTypes.MOOD, TypeOids.INT4, TypeOids.POINT_ARRAY)));
        assertThat(catalogue.asked).isEqualTo(List.of(List.of(SomeTypes.MOOD)));
    }

    @Test
    void a_type_that_was_dropped_after_it_was_looked_up_is_still_known() {
        Catalogue catalogue = item("a", TypeOids.INT4);
        Codecs codecs = catalogue.codecs(ValueStyle.JAVA);
        catalogue.types.clear();
        codecs.learn(SomeTypes.names(List.of(SomeTypes.ITEM)));
        assertThat(decode(codecs, SomeTypes.ITEM, "(1)")).isEqualTo(Map.of("a", 1));
        assertThat(decode(codecs, SomeTypes.ITEM, "(1,x)")).isEqualTo("(1,x)".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void a_type_that_was_dropped_before_is_told_by_the_name_that_the_stream_told() {
        Codecs codecs = new Catalogue().codecs(ValueStyle.JAVA);
        codecs.learn(Map.of(1L + SomeTypes.MOOD, "pg_catalog.int4", 2L, "pg_catalog._numeric", 3L, "x.hstore", 4L, "x.mood"));
        assertThat(decode(codecs, 1 + SomeTypes.MOOD, "7")).isEqualTo(7);
        assertThat(decode(codecs, 2, "{7}")).hasToString("[7]");
        assertThat(decode(codecs, 3, "\"a\"=>\"b\"")).isEqualTo(Map.of("a", "b"));
        assertThat(decode(codecs, 4, "happy")).isEqualTo("happy");
    }

    @Test
    void a_type_that_was_not_found_is_looked_for_again_at_the_next_announcement() {
        Catalogue catalogue = new Catalogue();
        Codecs codecs = catalogue.codecs(ValueStyle.JAVA);
        codecs.learn(SomeTypes.names(List.of(SomeTypes.ITEM)));
        assertThat(decode(codecs, SomeTypes.ITEM, "(1)")).isEqualTo("(1)");
        catalogue.become(new Attribute("a", TypeOids.INT4));
        codecs.learn(SomeTypes.names(List.of(SomeTypes.ITEM)));
        assertThat(decode(codecs, SomeTypes.ITEM, "(1)")).isEqualTo(Map.of("a", 1));
    }

    @Test
    void new_names_of_attributes_are_seen_at_the_next_announcement() {
        Catalogue catalogue = item("a", TypeOids.INT4);
        Codecs codecs = catalogue.codecs(ValueStyle.JAVA);
        catalogue.become(new Attribute("b", TypeOids.INT4));
        codecs.learn(SomeTypes.names(List.of(SomeTypes.ITEMS)));
        assertThat(decode(codecs, SomeTypes.ITEM, "(1)")).isEqualTo(Map.of("b", 1));
    }

    @Test
    void a_row_that_does_not_fit_is_read_after_another_look() {
        Catalogue catalogue = item("a", TypeOids.INT4);
        Codecs codecs = catalogue.codecs(ValueStyle.JAVA);
        ColumnCodec codec = codecs.codec(SomeTypes.ITEM);
        catalogue.become(new Attribute("a", TypeOids.INT4), new Attribute("b", TypeOids.TEXT));
        assertThat(decode(codec, "(1,x)")).isEqualTo(Map.of("a", 1, "b", "x"));
        catalogue.become(new Attribute("b", TypeOids.TEXT));
        assertThat(decode(codec, "(x)")).isEqualTo(Map.of("b", "x"));
    }

    @Test
    void a_row_of_an_earlier_shape_is_read_with_that() {
        Catalogue catalogue = item("a", TypeOids.INT4);
        Codecs codecs = catalogue.codecs(ValueStyle.JAVA);
        catalogue.lost = true;
        catalogue.become(new Attribute("b", TypeOids.TEXT), new Attribute("c", TypeOids.TEXT));
        codecs.learn(SomeTypes.names(List.of(SomeTypes.ITEM)));
        assertThat(decode(codecs, SomeTypes.ITEM, "(1)")).isEqualTo(Map.of("a", 1));
    }

    @Test
    void a_row_from_before_attributes_were_added_has_the_first_ones() {
        Catalogue catalogue = new Catalogue();
        catalogue.become(new Attribute("a", TypeOids.INT4), new Attribute("b", TypeOids.TEXT));
        assertThat(decode(catalogue.codecs(ValueStyle.JAVA), SomeTypes.ITEM, "(1)")).isEqualTo(Map.of("a", 1));
    }

    @Test
    void a_row_whose_attributes_nobody_can_tell_follows_the_rule_for_unknown_types() {
        Catalogue catalogue = new Catalogue();
        catalogue.lost = true;
        catalogue.become(new Attribute("a", TypeOids.INT4), new Attribute("b", TypeOids.TEXT));
        Codecs codecs = catalogue.codecs(ValueStyle.PORTABLE);
        assertThat(decode(codecs, SomeTypes.ITEM, "(1)")).isEqualTo("KDEp");
        assertThat(decode(codecs, SomeTypes.ITEM, "(1,2,3)")).isEqualTo("KDEsMiwzKQ==");
        assertThat(decode(codecs, SomeTypes.ITEM, "(x,2)")).isEqualTo("KHgsMik=");
    }

    @Test
    void many_rows_that_do_not_fit_are_not_many_looks() {
        Catalogue catalogue = item("a", TypeOids.INT4);
        Codecs codecs = catalogue.codecs(ValueStyle.JAVA);
        for (int i = 0; i < 10_000; i++) {
            decode(codecs, SomeTypes.ITEM, "(1,2)");
        }
        assertThat(catalogue.asked).hasSizeLessThan(20);
        catalogue.become(new Attribute("a", TypeOids.INT4), new Attribute("b", TypeOids.INT4),
                new Attribute("c", TypeOids.INT4));
        assertThat(decode(codecs, SomeTypes.ITEM, "(1,2,3)")).isEqualTo(Map.of("a", 1, "b", 2, "c", 3));
    }

    @Test
    void a_failure_of_the_look_up_is_not_taken_for_a_value_that_does_not_fit() {
        Catalogue catalogue = item("a", TypeOids.INT4);
        Codecs codecs = catalogue.codecs(ValueStyle.JAVA);
        catalogue.failure = new IllegalStateException("no connection");
        assertThatThrownBy(() -> decode(codecs, SomeTypes.ITEM, "(1,2)")).isSameAs(catalogue.failure);
    }

    private static Catalogue item(String attribute, long type) {
        Catalogue catalogue = new Catalogue();
        catalogue.become(new Attribute(attribute, type));
        return catalogue;
    }

    private static Map<String, Object> row(Object... pairs) {
        Map<String, Object> row = new HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            row.put((String) pairs[i], pairs[i + 1]);
        }
        return Collections.unmodifiableMap(row);
    }

    private static Object portable(long type, String text) {
        return decode(PORTABLE, type, text);
    }

    private static Object java(long type, String text) {
        return decode(JAVA, type, text);
    }

    private static Object decode(Codecs codecs, long type, String text) {
        return decode(codecs.codec(type), text);
    }

    private static Object decode(ColumnCodec codec, String text) {
        return Decoding.decode(codec, text.getBytes(StandardCharsets.UTF_8));
    }

    /** What a test says is there, and what it was asked for. */
    private static final class Catalogue {
        private final Map<Long, TypeDescription> types = new HashMap<>();
        private final List<List<Long>> asked = new ArrayList<>();
        private boolean lost;
        private RuntimeException failure;

        private Catalogue(TypeDescription... types) {
            for (TypeDescription type : types) {
                this.types.put(type.oid(), type);
            }
        }

        /** The composite type has these attributes from now on, and there are arrays of it. */
        private void become(Attribute... attributes) {
            types.put(SomeTypes.ITEM, TypeDescription.composite(
                    SomeTypes.ITEM, "shop", "item", List.of(attributes), lost));
            types.put(SomeTypes.ITEMS, TypeDescription.array(SomeTypes.ITEMS, "shop", "_item", SomeTypes.ITEM, ','));
        }

        /** Codecs that have learnt what is there. */
        private Codecs codecs(ValueStyle style) {
            Codecs codecs = Codecs.of(style, true, this::find);
            codecs.learn(SomeTypes.names(types.keySet()));
            return codecs;
        }

        private Collection<TypeDescription> find(Collection<Long> oids) {
            asked.add(List.copyOf(oids));
            if (failure != null) {
                throw failure;
            }
            return List.copyOf(types.values());
        }
    }
}

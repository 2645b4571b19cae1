package io.pgcdc.pgoutput;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import io.pgcdc.model.ReplicaIdentity;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableSchema;
import io.pgcdc.types.Codecs;
import io.pgcdc.types.ValueStyle;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RelationCacheTest {

    private static final Codecs CODECS = Codecs.of(ValueStyle.PORTABLE, false);

    private final RelationCache cache = new RelationCache();

    private static Relation relation(int oid) {
        TableSchema schema = new TableSchema(new TableId("s", "t" + oid), oid, ReplicaIdentity.DEFAULT, List.of());
        return new Relation(oid, schema, CODECS, null);
    }

    @Test
    void what_was_never_put_in_is_not_found() {
        assertThat(cache.find(0)).isNull();
        assertThat(cache.find(-1)).isNull();
    }

    @Test
    void a_relation_is_found_and_replaced_by_its_oid() {
        Relation first = relation(0);
        Relation second = relation(0);

        cache.put(first);
        assertThat(cache.find(0)).isSameAs(first);
        cache.put(second);
        assertThat(cache.find(0)).isSameAs(second);
        cache.forget(0);
        assertThat(cache.find(0)).isNull();
    }

    @Test
    void it_holds_what_a_map_holds_after_any_sequence_of_calls() {
        Random random = new Random(42);
        Map<Integer, Relation> expected = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            int oid = random.nextInt(600) * (random.nextBoolean() ? 1 : 0x10000);
            if (random.nextInt(4) == 0) {
                cache.forget(oid);
                expected.remove(oid);
            } else {
                Relation relation = relation(oid);
                cache.put(relation);
                expected.put(oid, relation);
            }
            int asked = random.nextInt(600);
            assertThat(cache.find(asked)).isSameAs(expected.get(asked));
        }
        expected.forEach((oid, relation) -> assertThat(cache.find(oid)).isSameAs(relation));
    }
}

package io.pgcdc.testing;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

import static org.assertj.core.api.Assertions.assertThat;

@PostgresTest
class PostgresTestIT {

    private static final Set<String> SEEN = ConcurrentHashMap.newKeySet();
    private static TestDatabase ofTheClass;

    private TestDatabase prepared;

    @BeforeAll
    static void keep(TestDatabase database) {
        ofTheClass = database;
    }

    @BeforeEach
    void prepare(TestDatabase database) {
        prepared = database;
    }

    @RepeatedTest(2)
    void every_test_has_a_fresh_database_which_is_that_of_its_preparation(TestDatabase database) {
        assertThat(database).isSameAs(prepared).isNotSameAs(ofTheClass);
        assertThat(SEEN.add(database.name())).isTrue();
        assertThat(databaseExists(ofTheClass, database.name())).isTrue();
    }

    @RepeatedTest(2)
    void the_database_of_an_earlier_test_is_gone(TestDatabase database) {
        assertThat(SEEN).noneMatch(name -> databaseExists(database, name));
        SEEN.add(database.name());
    }

    @Test
    void a_second_parameter_is_a_second_database(TestDatabase one, TestDatabase two, PostgresServer server) {
        assertThat(two.name()).isNotEqualTo(one.name());
        assertThat(server).isSameAs(PostgresServer.shared()).isSameAs(one.server()).isSameAs(two.server());
    }

    @ParameterizedTest
    @PostgresMajors
    void every_major_gives_its_own_databases(int major, TestDatabase one, TestDatabase two) {
        assertThat(one.server().major()).isEqualTo(major);
        assertThat(two.server()).isSameAs(one.server()).isSameAs(PostgresServer.shared(major));
        assertThat(two.name()).isNotEqualTo(one.name());
    }

    @ParameterizedTest
    @PostgresMajors(from = 15)
    void a_feature_of_a_later_major_is_not_tested_before_it(int major) {
        assertThat(major).isGreaterThanOrEqualTo(15);
    }

    @Nested
    class Inside {

        @Test
        void the_class_around_counts(TestDatabase database) {
            assertThat(database).isSameAs(prepared);
        }
    }

    private static boolean databaseExists(TestDatabase asked, String name) {
        return asked.query("SELECT count(*) FROM pg_database WHERE datname = '" + name + "'", Long.class) == 1;
    }
}

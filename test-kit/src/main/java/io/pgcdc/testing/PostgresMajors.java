package io.pgcdc.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.params.provider.ArgumentsSource;

/**
 * Runs a {@code @ParameterizedTest} on several majors: the oldest and the newest supported (14 and 18); with
 * {@code -Dpgcdc.test.postgres.all=true} all of them; with {@code -Dpgcdc.test.postgres.version=N} that one. A major
 * whose binaries are missing fails the test.
 *
 * <p>
 * Every parameter of the method is provided, by its type: {@code int} is the major, {@link PostgresServer} the
 * {@linkplain PostgresServer#shared(int) shared} one of that major, and each {@link TestDatabase} a fresh one on it,
 * closed after the invocation.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ArgumentsSource(PostgresMajorsProvider.class)
public @interface PostgresMajors {

    /**
     * The first major that knows what is tested; it takes the place of the oldest. Where only an older one was asked
     * for, the test is aborted and says so.
     */
    int from() default PostgresSelection.OLDEST;
}

package io.pgcdc.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test class that runs on PostgreSQL. Its methods may take
 *
 * <ul>
 * <li>{@link TestDatabase}: fresh for each test method and closed after it. The first one is the same in
 * {@code @BeforeEach}, {@code @Test} and {@code @AfterEach}; a second parameter is a second database, and so on. In
 * {@code @BeforeAll} and in the constructor of a class with one instance for all methods it is one for the class;</li>
 * <li>{@link PostgresServer}: the {@linkplain PostgresServer#shared(int) shared} one, where those databases are.</li>
 * </ul>
 *
 * Test methods that must run on several majors are {@link PostgresMajors}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(PostgresTestExtension.class)
public @interface PostgresTest {

    /**
     * The majors that the class can run on; empty means all. It runs on the default major if that is among them, else
     * on the newest of them; where another major was asked for by {@code -Dpgcdc.test.postgres.version}, it is disabled
     * and says so.
     */
    int[] majors() default {};
}

package io.pgcdc.testing;

import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.support.ParameterDeclarations;
import org.junit.platform.commons.support.AnnotationSupport;
import org.opentest4j.TestAbortedException;

/**
 * What {@link PostgresMajors} promises. Arguments are made one invocation at a time; JUnit closes them, which databases
 * take literally and shared servers do not.
 */
final class PostgresMajorsProvider implements ArgumentsProvider {

    @Override
    public Stream<? extends Arguments> provideArguments(ParameterDeclarations parameters, ExtensionContext context) {
        int from = AnnotationSupport.findAnnotation(context.getTestMethod(), PostgresMajors.class)
                .orElseThrow().from();
        List<Integer> majors = PostgresSelection.majors(from);
        if (majors.isEmpty()) {
            throw new TestAbortedException(
                    "runs from PostgreSQL " + from + " on, asked for is " + PostgresSelection.defaultMajor());
        }
        Class<?>[] types = context.getRequiredTestMethod().getParameterTypes();
        return majors.stream().map(major -> arguments(major, types));
    }

    private static Arguments arguments(int major, Class<?>[] types) {
        Object[] values = new Object[types.length];
        for (int index = 0; index < types.length; index++) {
            values[index] = argument(major, types[index]);
        }
        return Arguments.of(values);
    }

    private static Object argument(int major, Class<?> type) {
        if (type == int.class) {
            return major;
        }
        if (type == PostgresServer.class) {
            return PostgresServer.shared(major);
        }
        if (type == TestDatabase.class) {
            return PostgresServer.shared(major).createDatabase();
        }
        throw new IllegalStateException(
                "@PostgresMajors gives int, PostgresServer and TestDatabase, not " + type.getName());
    }
}

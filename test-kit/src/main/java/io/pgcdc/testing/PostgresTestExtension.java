package io.pgcdc.testing;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** What {@link PostgresTest} promises. */
final class PostgresTestExtension
        implements ExecutionCondition, ParameterResolver, AfterEachCallback, AfterAllCallback {

    private static final Namespace NAMESPACE = Namespace.create(PostgresTestExtension.class);

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        int[] majors = majors(context);
        Optional<Integer> requested = majors.length == 0 ? Optional.empty() : PostgresSelection.requestedMajor();
        if (requested.isPresent() && !contains(majors, requested.get())) {
            return ConditionEvaluationResult.disabled(
                    "runs on PostgreSQL " + Arrays.toString(majors) + ", asked for is " + requested.get());
        }
        return ConditionEvaluationResult.enabled("runs on the PostgreSQL asked for");
    }

    /** Leaves the methods with {@link PostgresMajors} to their own arguments. */
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return (type == TestDatabase.class || type == PostgresServer.class)
                && !AnnotationSupport.isAnnotated(parameter.getDeclaringExecutable(), PostgresMajors.class);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        PostgresServer server = PostgresServer.shared(major(context));
        if (parameter.getParameter().getType() == PostgresServer.class) {
            return server;
        }
        int number = number(parameter);
        return databases(context).number(number, server);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        closeDatabases(context);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        closeDatabases(context);
    }

    /** Of the parameters that are databases, this one's index. */
    private static int number(ParameterContext parameter) {
        return (int) Arrays.stream(parameter.getDeclaringExecutable().getParameterTypes())
                .limit(parameter.getIndex())
                .filter(type -> type == TestDatabase.class)
                .count();
    }

    private static int major(ExtensionContext context) {
        int[] majors = majors(context);
        int wanted = PostgresSelection.defaultMajor();
        return majors.length == 0 || contains(majors, wanted) ? wanted : Arrays.stream(majors).max().getAsInt();
    }

    /** As the class says, or the class around it. */
    private static int[] majors(ExtensionContext context) {
        for (Class<?> type = context.getTestClass().orElse(null); type != null; type = type.getEnclosingClass()) {
            Optional<PostgresTest> annotation = AnnotationSupport.findAnnotation(type, PostgresTest.class);
            if (annotation.isPresent()) {
                return annotation.get().majors();
            }
        }
        return new int[0];
    }

    private static boolean contains(int[] majors, int major) {
        return Arrays.stream(majors).anyMatch(each -> each == major);
    }

    /** The databases of this context alone: a store would also give those of the contexts around it. */
    private static Databases databases(ExtensionContext context) {
        return store(context).getOrComputeIfAbsent(context.getUniqueId(), id -> new Databases(), Databases.class);
    }

    private static void closeDatabases(ExtensionContext context) {
        Databases databases = store(context).remove(context.getUniqueId(), Databases.class);
        if (databases != null) {
            databases.close();
        }
    }

    private static Store store(ExtensionContext context) {
        return context.getStore(NAMESPACE);
    }

    /** Databases by number, closed in the reverse order. Used by one test's thread only. */
    private static final class Databases {

        private final Deque<TestDatabase> open = new ArrayDeque<>();

        TestDatabase number(int number, PostgresServer server) {
            while (open.size() <= number) {
                open.addLast(server.createDatabase());
            }
            return open.stream().skip(number).findFirst().orElseThrow();
        }

        void close() {
            RuntimeException failure = null;
            while (!open.isEmpty()) {
                try {
                    open.removeLast().close();
                } catch (RuntimeException e) {
                    if (failure == null) {
                        failure = e;
                    } else {
                        failure.addSuppressed(e);
                    }
                }
            }
            if (failure != null) {
                throw failure;
            }
        }
    }
}

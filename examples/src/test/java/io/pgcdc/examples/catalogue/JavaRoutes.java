package io.pgcdc.examples.catalogue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;

/**
 * Routes in Java, parsed by the JDK's own compiler. What they say in a URI beside text is not known: {@code {{name}}}.
 */
final class JavaRoutes {

    private static final Set<String> STEPS = Set.of("from", "to", "toD", "wireTap", "enrich", "pollEnrich", "poll");
    private static final Pattern ROUTE = Pattern.compile("\\b(from|to|templatedRoute)\\(\"");

    private JavaRoutes() {
    }

    static boolean isRoute(String text) {
        return ROUTE.matcher(text).find();
    }

    static List<String> problems(String text) {
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        parse(text, problems);
        return problems.getDiagnostics().stream().filter(problem -> problem.getKind() == Diagnostic.Kind.ERROR)
                .map(problem -> problem.getMessage(Locale.ROOT)).toList();
    }

    static List<Endpoint> endpoints(String text) {
        List<Endpoint> endpoints = new ArrayList<>();
        new TreeScanner<Void, Void>() {
            @Override
            public Void visitMethodInvocation(MethodInvocationTree call, Void nothing) {
                if (STEPS.contains(name(call)) && call.getArguments().size() == 1) {
                    endpoints.add(Endpoint.of(name(call), text(call.getArguments().get(0), "").replaceFirst("[?&]$", "")));
                } else if (name(call).equals("templatedRoute")) {
                    endpoints.add(Endpoint.producer(Endpoint.ofTemplate(text(call.getArguments().get(0), ""), "")));
                } else if (name(call).equals("parameter")) {
                    endpoints.add(template(call));
                    return null;
                }
                return super.visitMethodInvocation(call, nothing);
            }
        }.scan(parse(text, new DiagnosticCollector<>()), null);
        return endpoints;
    }

    /**
     * The calls of {@code parameter} up to that of {@code templatedRoute}, which a compiler sees from the last one on.
     */
    private static Endpoint template(MethodInvocationTree last) {
        List<String> parameters = new ArrayList<>();
        MethodInvocationTree call = last;
        while (name(call).equals("parameter")) {
            parameters.add(0, text(call.getArguments().get(0), "") + "=" + text(call.getArguments().get(1), ""));
            call = (MethodInvocationTree) ((MemberSelectTree) call.getMethodSelect()).getExpression();
        }
        return Endpoint.producer(
                Endpoint.ofTemplate(text(call.getArguments().get(0), ""), String.join("&", parameters)));
    }

    private static String name(MethodInvocationTree call) {
        return call.getMethodSelect() instanceof MemberSelectTree member
                ? member.getIdentifier().toString() : ((IdentifierTree) call.getMethodSelect()).getName().toString();
    }

    /** Whole options whose names are not known are left out. */
    private static String text(ExpressionTree expression, String before) {
        if (expression instanceof BinaryTree sum) {
            String left = text(sum.getLeftOperand(), before);
            return left + text(sum.getRightOperand(), left);
        }
        if (expression instanceof LiteralTree literal) {
            return String.valueOf(literal.getValue());
        }
        return before.endsWith("?") || before.endsWith("&") ? "" : "{{" + expression + "}}";
    }

    private static CompilationUnitTree parse(String text, DiagnosticCollector<JavaFileObject> problems) {
        String source = text.contains("class ") ? text : "class Routes { void configure() {" + statements(text) + "} }";
        JavaFileObject file = new SimpleJavaFileObject(URI.create("string:///Routes.java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return source;
            }
        };
        try {
            // with annotation processors on the class path the compiler would keep its errors for later
            JavacTask task = (JavacTask) ToolProvider.getSystemJavaCompiler()
                    .getTask(null, null, problems, List.of("-proc:none"), null, List.of(file));
            return task.parse().iterator().next();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of an option a page may show the beginning of a route alone. */
    private static String statements(String text) {
        return text.strip().endsWith(";") ? text : text + ";";
    }
}

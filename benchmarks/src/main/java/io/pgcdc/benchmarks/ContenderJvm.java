package io.pgcdc.benchmarks;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.ObjectMapper;

/** A contender in a JVM of its own, with the options that a JVM has by default but for its heap. */
final class ContenderJvm implements AutoCloseable {

    private static final String HEAP = "-Xmx512m";
    /** Its copy runs out of memory with less. */
    private static final String DEBEZIUM_HEAP = "-Xmx2g";
    private static final long END_SECONDS = 20;

    private final ObjectMapper json = new ObjectMapper();
    private final String name;
    private final Process process;
    private final BufferedReader answers;
    private final Writer tasks;

    ContenderJvm(String name) {
        this.name = name;
        List<String> command = new ArrayList<>(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        name.startsWith("debezium") ? DEBEZIUM_HEAP : HEAP));
        command.add("-Dbenchmarks.log=" + System.getProperty("benchmarks.log", "WARN"));
        command.addAll(List.of(
                "-classpath", classPath(name), ContenderProcess.class.getName(),
                name.replace(Contenders.BEFORE, "")));
        try {
            this.process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        this.tasks = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
    }

    private static String classPath(String name) {
        String own = System.getProperty("java.class.path");
        // The first one counts.
        return name.endsWith(Contenders.BEFORE) ? System.getProperty("before") + File.pathSeparator + own : own;
    }

    String name() {
        return name;
    }

    Sample run(Task task) {
        try {
            tasks.write(json.writeValueAsString(task) + "\n");
            tasks.flush();
            for (String line = answers.readLine(); line != null; line = answers.readLine()) {
                if (line.startsWith(ContenderProcess.ANSWER)) {
                    return json.readValue(line.substring(ContenderProcess.ANSWER.length()), Sample.class);
                }
            }
            throw new IllegalStateException("the JVM of " + name + " ended without an answer");
        } catch (IOException e) {
            throw new UncheckedIOException("the JVM of " + name, e);
        }
    }

    @Override
    public void close() {
        try {
            tasks.close();
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException | InterruptedException e) {
            process.destroyForcibly();
        }
    }
}

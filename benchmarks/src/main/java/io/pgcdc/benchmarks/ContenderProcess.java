package io.pgcdc.benchmarks;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

import com.fasterxml.jackson.databind.ObjectMapper;

/** The JVM of one contender: reads a task from each line of its input, and answers with a sample. */
public final class ContenderProcess {

    static final String ANSWER = "SAMPLE ";

    private ContenderProcess() {
    }

    /** @param arguments the contender's name */
    public static void main(String[] arguments) throws Exception {
        Contender contender = Contenders.named(arguments[0]);
        ObjectMapper json = new ObjectMapper();
        PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        BufferedReader tasks = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = tasks.readLine(); line != null; line = tasks.readLine()) {
            Sample sample = contender.run(json.readValue(line, Task.class));
            answers.println(ANSWER + json.writeValueAsString(sample));
        }
        System.exit(0);
    }
}

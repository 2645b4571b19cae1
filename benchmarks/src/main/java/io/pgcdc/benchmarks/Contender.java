package io.pgcdc.benchmarks;

/** Reads what a task says, as fast as it can. Runs in a JVM of its own, several times one after the other. */
public interface Contender {

    Sample run(Task task) throws Exception;
}

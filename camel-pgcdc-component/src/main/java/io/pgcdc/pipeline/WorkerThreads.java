package io.pgcdc.pipeline;

/** Where the engine's threads come from. */
@FunctionalInterface
public interface WorkerThreads {

    /** A new thread, not started. */
    Thread newThread(String name, Runnable work);
}

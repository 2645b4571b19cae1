/**
 * Side-by-side measurements. {@link io.pgcdc.benchmarks.Benchmarks} starts a server, makes the data, and lets
 * contenders read it in turns, each in a JVM of its own that lives through all rounds.
 */
package io.pgcdc.benchmarks;

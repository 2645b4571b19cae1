/** The parts of the way of a row alone, by JMH: {@code -Pjmh}, docs/performance.md has the command. */
package io.pgcdc.benchmarks.micro;

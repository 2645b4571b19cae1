/**
 * The torture run: {@code Generator} writes, {@code Nemesis} breaks, {@code Checker} judges. The component runs as a
 * route in a JVM of its own ({@code RouteProcess}), which is killed without mercy; what it delivers goes to the
 * {@code Sink} in this JVM, which survives. Everything is decided by a seed, but for what the threads of three
 * processes make of it. Nothing here reads the state of the component: only what the route got and what the server
 * shows count.
 */
package io.pgcdc.torture;

/**
 * What routes {@code from("pgcdc:…")} are tested with: PostgreSQL servers ready for logical replication and fresh
 * databases on them, the JUnit 5 extension that hands both to test methods, an await for pipelines, a destination in
 * memory that misbehaves on demand, and a TCP proxy that loses connections on demand. Begin with
 * {@link io.pgcdc.testing.PostgresTest} and {@link io.pgcdc.testing.MemoryDestination}. Which servers are used is a
 * matter of system properties alone, so that the same tests run on embedded binaries, in containers or on a server that
 * somebody else started. Nothing here may depend on the component: these classes judge it, from outside.
 */
package io.pgcdc.testing;

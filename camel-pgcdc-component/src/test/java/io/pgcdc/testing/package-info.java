/**
 * What tests run against: PostgreSQL servers ready for logical replication, fresh databases on them, the JUnit
 * extension that hands both to test methods, and a TCP proxy that loses connections on demand. Which servers are used
 * is a matter of system properties alone, read in {@code PostgresSelection}, so that the same tests run on embedded
 * binaries, in containers or on a server that somebody else started. Nothing here may depend on the main code: these
 * classes judge it.
 */
package io.pgcdc.testing;

package io.pgcdc.testing;

/**
 * Where a {@link PostgresServer} comes from. A backend is running when it is made; {@link #stop()}, {@link #kill()} and
 * {@link #start()} keep its data, its address and its settings.
 *
 * <p>
 * <i>Thread-safety:</i> none; {@link PostgresServer} holds a lock around every change of state.
 */
interface ServerBackend {

    String host();

    int port();

    /** The superuser. */
    String username();

    String password();

    /** The JDBC URL of a database, with no user in it. */
    default String url(String database) {
        return "jdbc:postgresql://" + host() + ":" + port() + "/" + database;
    }

    /** Starts the stopped or killed server; returns when it answers queries. */
    void start();

    /** Stops the server as {@code pg_ctl stop -m fast} does; returns when it is gone. */
    void stop();

    /** Ends the server with no chance to write anything; returns when it is gone. */
    void kill();

    /** Stops the server whatever its state and removes its data. */
    void close();
}

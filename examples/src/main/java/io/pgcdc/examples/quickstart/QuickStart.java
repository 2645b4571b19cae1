package io.pgcdc.examples.quickstart;

import java.io.IOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.util.Optional;

/**
 * The quick start. Without options it brings its own PostgreSQL with a shop, copies it to a DuckDB file, follows what
 * the shop does for a minute and compares. With {@code -Dpgcdc.url}, {@code -Dpgcdc.username}, {@code -Dpgcdc.password}
 * and {@code -Dpgcdc.publication} it does so with a database that is there. {@code -Dpgcdc.seconds} says for how long,
 * {@code -Dquery} what is asked at the end, {@code -Dpgcdc.port} where the page is that shows it all.
 */
public final class QuickStart {

    private QuickStart() {
    }

    public static void main(String[] arguments) {
        // exit rather than return: Maven would wait for the threads of the driver
        System.exit(run());
    }

    /** Returns the exit code. */
    private static int run() {
        StopSignal stop = StopSignal.install();
        try {
            Settings settings = Settings.ofSystemProperties();
            Files.createDirectories(settings.output());
            Optional<Source> source = settings.source();
            return source.isPresent() ? new OwnDatabase(settings, source.get(), stop).run() : runShop(settings, stop);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed("It was interrupted");
        } catch (IllegalArgumentException | IllegalStateException | IOException | SQLException e) {
            return failed(e.getMessage());
        } catch (Exception e) {
            return failed(e.toString());
        }
    }

    private static int runShop(Settings settings, StopSignal stop) throws Exception {
        DuckDbFile.delete(settings.file());
        Terminal.say("Starting an embedded PostgreSQL");
        try (EmbeddedShop shop = EmbeddedShop.start(settings.output().resolve("postgres.log"));
             DuckDbFile file = DuckDbFile.open(settings.file())) {
            return new ShopRun(settings, shop, file, stop).run();
        }
    }

    private static int failed(String message) {
        System.err.println(Terminal.mark(false) + " " + message);
        return 1;
    }
}

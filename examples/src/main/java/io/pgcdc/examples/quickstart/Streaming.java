package io.pgcdc.examples.quickstart;

import java.time.Duration;
import java.util.Map;

import io.pgcdc.camel.PgCdcComponent;
import io.pgcdc.camel.PgCdcConsumer;
import io.pgcdc.model.TableId;
import io.pgcdc.pipeline.PipelineStatus;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;

/** Camel with the one route in it, and what is to be seen of it. */
final class Streaming implements AutoCloseable {

    private static final Duration GLANCE = Duration.ofMillis(100);

    private final Progress progress = new Progress();
    private final CamelContext camel = new DefaultCamelContext();
    private final Source source;
    private final DuckDbFile file;
    private final StatusPage page;

    private Streaming(Source source, DuckDbFile file, StatusPage page) {
        this.source = source;
        this.file = file;
        this.page = page;
    }

    static Streaming start(Source source, DuckDbFile file, StatusPage page) throws Exception {
        Streaming streaming = new Streaming(source, file, page);
        try {
            streaming.start();
            return streaming;
        } catch (Exception e) {
            streaming.close();
            throw e;
        }
    }

    private void start() throws Exception {
        PgCdcComponent pgcdc = camel.getComponent("pgcdc", PgCdcComponent.class);
        pgcdc.getConfiguration().setUrl(source.url());
        pgcdc.getConfiguration().setUsername(source.username());
        pgcdc.getConfiguration().setPassword(source.password());
        camel.getShutdownStrategy().setTimeout(30);
        camel.addRoutes(new ShopRoute(source.publication(), file.url(), progress));
        page.addTo(camel);
        camel.start();
        Terminal.say("Look at it: %s", page.address());
    }

    Progress progress() {
        return progress;
    }

    /** Shows the copy until it is done, or a stop is wished; returns whether it is done. */
    boolean awaitCopy(Map<TableId, Long> expected, StopSignal stop, Duration longest) throws InterruptedException {
        long start = System.nanoTime();
        try (CopyProgress bars = new CopyProgress(expected, progress)) {
            while (!stop.isWished()) {
                requireRunning();
                bars.refresh();
                if (isCopied()) {
                    return true;
                }
                if (System.nanoTime() - start > longest.toNanos()) {
                    throw new IllegalStateException(
                            "The copy is not done after " + longest.toSeconds()
                                                    + " s; the log tells more");
                }
                stop.await(GLANCE);
            }
        }
        return false;
    }

    /** Whether every table is copied and followed. */
    boolean isCopied() {
        PipelineStatus status = status();
        return status.state() == PipelineStatus.State.RUNNING && !status.tables().isEmpty()
                && status.tables().stream().allMatch(table -> table.stage() == PipelineStatus.TableStage.STREAMING);
    }

    /** Shows a line a second until the time is over or a stop is wished; Enter opens the door for queries. */
    void watch(SourceView view, StopSignal stop, Duration length, Check check) throws Exception {
        LiveLine line = new LiveLine(view, progress);
        Keyboard keyboard = Keyboard.listen();
        while (line.elapsed().compareTo(length) < 0 && !stop.isWished()) {
            if (keyboard.isPressed(Duration.ofSeconds(1), stop)) {
                new QueryDoor(file).prompt(keyboard, stop);
            } else if (!stop.isWished()) {
                line.say();
            }
            requireRunning();
            check.run();
        }
        if (stop.isWished() && Terminal.isInteractive()) {
            Terminal.say(""); // after the terminal's own ^C
        }
    }

    private void requireRunning() {
        PipelineStatus status = status();
        if (status.state() == PipelineStatus.State.FAILED) {
            throw new IllegalStateException(status.error().getMessage());
        }
    }

    /** Ends a pause that somebody began on the page. */
    void resume() {
        if (status().paused()) {
            Terminal.say("The page has it paused; it goes on now");
            consumer().resumePipeline();
        }
    }

    private PipelineStatus status() {
        return consumer().status();
    }

    private PgCdcConsumer consumer() {
        return (PgCdcConsumer) camel.getRoute(ShopRoute.ID).getConsumer();
    }

    /** Lets what is under way complete, then stops. */
    @Override
    public void close() throws Exception {
        camel.close();
    }

    /** What else is to be looked at every second. */
    @FunctionalInterface
    interface Check {
        void run() throws Exception;
    }
}

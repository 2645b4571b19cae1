package io.pgcdc.examples.quickstart;

import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;

import io.pgcdc.model.TableId;

/** A run on the user's own database: nothing is created there but what pgcdc itself needs. */
final class OwnDatabase {

    private static final Duration FOREVER = Duration.ofDays(36_500);

    private final Settings settings;
    private final Source source;
    private final StopSignal stop;

    OwnDatabase(Settings settings, Source source, StopSignal stop) {
        this.settings = settings;
        this.source = source;
        this.stop = stop;
    }

    int run() throws Exception {
        try (SourceView view = SourceView.open(source); DuckDbFile file = open(view)) {
            Map<TableId, Long> expected = view.estimatedRows();
            Terminal.say("Copying %d tables of publication %s to %s", expected.size(), source.publication(),
                    file.path());
            Progress progress;
            try (Streaming streaming = Streaming.start(source, file, StatusPage.choose(settings.port()))) {
                progress = streaming.progress();
                if (streaming.awaitCopy(expected, stop, FOREVER)) {
                    Terminal.say("Streaming; Ctrl-C stops%s", QueryDoor.hint());
                    streaming.watch(view, stop, settings.length().orElse(FOREVER), () -> {
                    });
                }
                if (settings.query().isPresent()) {
                    new QueryDoor(file).ask(settings.query().get());
                }
                Terminal.say("Stopping");
            }
            report(progress, view.slot());
        }
        return 0;
    }

    /** The slot goes on where the file stopped; another file would never get the rows of before. */
    private DuckDbFile open(SourceView view) throws SQLException {
        if (!Files.exists(settings.file()) && view.slotState().isPresent()) {
            throw new IllegalStateException(
                    ("The slot %1$s is there, and the file %2$s that belongs to it is not. Put it back, say where it is "
                     + "(-Dpgcdc.output=DIRECTORY), or begin anew: SELECT pg_drop_replication_slot('%1$s'); and, if no other "
                     + "pipeline keeps its state there: DROP SCHEMA pgcdc CASCADE;")
                            .formatted(view.slot(), settings.file()));
        }
        return DuckDbFile.open(settings.file());
    }

    private static void report(Progress progress, String slot) {
        Terminal.say("%n%-40s %14s %14s", "written in this run", "copied rows", "changes");
        progress.tables().forEach((table, counts) -> Terminal.say("%-40s %,14d %,14d", table, counts.rows(),
                counts.changes()));
        Terminal.say("%nThe next run goes on where this one stopped; until then PostgreSQL keeps its log for it.");
        Terminal.say("File and slot belong together. If there will be no next run: SELECT pg_drop_replication_slot('%s');",
                slot);
        Terminal.say("and, if no other pipeline keeps its state there: DROP SCHEMA pgcdc CASCADE;");
    }
}

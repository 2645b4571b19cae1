package io.pgcdc.pipeline;

import java.util.List;

import io.pgcdc.postgres.PgReplicationClient;
import io.pgcdc.postgres.PreflightFinding;
import io.pgcdc.postgres.PreflightFinding.Severity;
import io.pgcdc.postgres.PreflightReport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says once in a start what the server lacks: a line for the whole, and one for each warning. Nothing of it stops the
 * start; what does is checked elsewhere.
 */
final class StartPreflight {

    private static final Logger LOG = LoggerFactory.getLogger(StartPreflight.class);

    /** A publication may have thousands of tables of one kind. */
    private static final int MOST_LINES = 20;

    private final PipelineSettings settings;
    private final PgReplicationClient client;
    private volatile boolean said;

    StartPreflight(PipelineSettings settings, PgReplicationClient client) {
        this.settings = settings;
        this.client = client;
    }

    void reset() {
        said = false;
    }

    void once() {
        if (said || settings.needs() == null) {
            return;
        }
        said = true;
        try {
            say(client.preflightReport(settings.needs()));
        } catch (RuntimeException e) {
            LOG.warn("Pipeline {}: the preflight failed, the start goes on", settings.name(), e);
        }
    }

    private void say(PreflightReport report) {
        LOG.info("Pipeline {}: preflight of {}, {}: {}", settings.name(), report.place(), report.facts().get("version"),
                report.summary());
        List<PreflightFinding> worth = report.findings().stream()
                .filter(finding -> finding.severity() != Severity.INFORMATION).toList();
        worth.stream().limit(MOST_LINES).forEach(this::say);
        if (worth.size() > MOST_LINES) {
            LOG.warn("Pipeline {}: and {} more of that kind; a preflight has them all", settings.name(),
                    worth.size() - MOST_LINES);
        }
        LOG.debug("{}", report.toText());
    }

    private void say(PreflightFinding finding) {
        LOG.warn("Pipeline {}: {}: {}. {}", settings.name(), finding.where(), finding.message(), finding.remedy());
    }
}

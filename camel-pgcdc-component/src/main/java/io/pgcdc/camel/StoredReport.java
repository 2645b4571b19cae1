package io.pgcdc.camel;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import io.pgcdc.model.Lsn;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TablePattern;
import io.pgcdc.postgres.KeptConnection;
import io.pgcdc.postgres.PgReplicationClient;
import io.pgcdc.postgres.ReplicationSlot;
import io.pgcdc.postgres.ServerFigures;
import io.pgcdc.postgres.ServerWatch;
import io.pgcdc.state.StateStore;
import io.pgcdc.state.TablePhase;
import io.pgcdc.state.TableState;

/**
 * How a pipeline stands that no route of this Camel context runs: what the server and the state store know, with the
 * keys of {@link PipelineReport} as far as they go. {@code slotActive} says whether anybody reads it elsewhere.
 */
final class StoredReport {

    private StoredReport() {
    }

    /** @param states empty if the state is in the memory of who runs it */
    static Map<String, Object> of(
            PgCdcEndpoint endpoint, PgReplicationClient client, String slot, Optional<StateStore> states) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("pipeline", endpoint.getPipelineName());
        report.put("publication", endpoint.getPublication());
        report.put("database", client.database());
        report.put("slot", slot);
        report.put("state", "stopped");
        Optional<ReplicationSlot> found = client.findSlot(slot);
        report.put("slotExists", found.isPresent());
        report.put("slotActive", found.filter(each -> each.activePid() != 0).isPresent());
        Map<String, Object> lsn = new LinkedHashMap<>();
        try {
            states.ifPresent(store -> stored(report, lsn, store, endpoint.getPipelineName(), slot));
        } catch (PgCdcException e) {
            // Most likely nothing was ever stored, and there is no place for it.
            report.put("stateUnreadable", e.getMessage());
        }
        try (KeptConnection connection = client.keepConnection()) {
            server(report, lsn, new ServerWatch(connection).look(slot));
        }
        report.put("lsn", lsn);
        return report;
    }

    private static void stored(
            Map<String, Object> report, Map<String, Object> lsn, StateStore states, String pipeline, String slot) {
        Lsn position = states.positions(pipeline).get(slot);
        if (position != null) {
            lsn.put("confirmed", position.toString());
        }
        List<TableState> tables = states.tables(pipeline).stream()
                .filter(table -> table.phase() != TablePhase.GONE)
                .sorted(Comparator.comparing((TableState table) -> table.phase() != TablePhase.ERROR)
                        .thenComparing(TableState::table))
                .toList();
        Map<String, Integer> stages = new TreeMap<>();
        tables.forEach(table -> stages.merge(stage(table.phase()), 1, Integer::sum));
        report.put("tableCount", tables.size());
        report.put("tableStages", stages);
        report.put("tables", tables.stream().limit(PipelineReport.MOST_TABLES).map(StoredReport::table).toList());
    }

    private static Map<String, Object> table(TableState table) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("table", TablePattern.text(table.table()));
        told.put("stage", stage(table.phase()));
        if (table.reason() != null) {
            told.put("error", table.reason());
        }
        return told;
    }

    private static String stage(TablePhase phase) {
        return switch (phase) {
            case INIT, RESET, GONE -> "init";
            case COPYING, COPIED -> "copy";
            case SYNC_DONE, READY -> "streaming";
            case ERROR -> "error";
        };
    }

    private static void server(Map<String, Object> report, Map<String, Object> lsn, ServerFigures server) {
        lsn.put("server", server.position().toString());
        if (server.retainedBytes() >= 0) {
            Map<String, Object> retention = new LinkedHashMap<>();
            retention.put("bytes", server.retainedBytes());
            if (server.safeWalSize() >= 0) {
                retention.put("safeWalSize", server.safeWalSize());
            }
            retention.put("walStatus", server.walStatus());
            report.put("retention", retention);
        }
        report.put("measuredAt", server.readAt().toString());
    }
}

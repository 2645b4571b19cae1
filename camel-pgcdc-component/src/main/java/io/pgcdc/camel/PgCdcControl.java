package io.pgcdc.camel;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TablePattern;
import io.pgcdc.pipeline.PipelineStatus.State;
import io.pgcdc.pipeline.Skipped;
import io.pgcdc.postgres.ConnectionSettings;
import io.pgcdc.postgres.PgReplicationClient;
import io.pgcdc.postgres.PostgresConnections;
import io.pgcdc.postgres.PreflightReport;
import io.pgcdc.postgres.SlotNames;
import io.pgcdc.state.PipelineRecord;
import io.pgcdc.state.PostgresStateStore;
import io.pgcdc.state.StateStore;

/**
 * Steers the pipeline of an endpoint, from code; {@code to("pgcdc:…?operation=…")} and JMX do the same by it. What a
 * running pipeline does is asked of the consumer in the same Camel context that has the pipeline's name; what only the
 * database does needs none.
 *
 * <p>
 * Thread-safe. Every failure is a {@link PgCdcException} that says what to do.
 */
public final class PgCdcControl {

    private final PgCdcEndpoint endpoint;

    PgCdcControl(PgCdcEndpoint endpoint) {
        this.endpoint = endpoint;
    }

    /**
     * How the pipeline fares: the map that the developer console has of it. If no route here runs it, what the server
     * and the state store know of it, with {@code state} {@code stopped}; {@code slotActive} says then whether it runs
     * elsewhere.
     */
    public Map<String, Object> status() {
        return live().map(PgCdcConsumer::report).orElseGet(() -> {
            PgReplicationClient client = client("status");
            return withStates(client, states -> StoredReport.of(endpoint, client, slot(client), states));
        });
    }

    /** Reads and hands over nothing until {@link #resume}; see {@link PgCdcConsumer#pausePipeline}. */
    public void pause() {
        consumer("pause").pausePipeline();
    }

    /** Goes on after {@link #pause}. */
    public void resume() {
        consumer("resume").resumePipeline();
    }

    /**
     * Copies a table again and follows it from there, while the others go on. Returns at once.
     *
     * @param table as {@code schema.table}
     */
    public void resyncTable(String table) {
        consumer("resyncTable").resyncTable(table);
    }

    /**
     * Copies rows of a table again while it and the others stream on. They come as {@code read}, each at a point of the
     * stream where the table has it so; nothing is taken away before. Returns at once; the log says how it ended.
     *
     * @param table as {@code schema.table}, of the publication, with a key
     * @param where what may stand behind WHERE, in SQL: one condition on the table's columns. Whatever else it is, it
     *              is refused; but it can call every function that the pipeline's user may call, so it is for those who
     *              may query the database as that user
     */
    public void copyRows(String table, String where) {
        consumer("resyncTable").copyRows(table, where);
    }

    /**
     * Goes on from a later position: the way past changes that can never be delivered. What was committed between the
     * confirmed position and that one is lost for the route, with all of its tables but those that are being copied;
     * the log says from where to where. Also starts a pipeline again that has given up. Waits for exchanges under way.
     *
     * @param lsn          the first transaction that comes is the one with this {@code CamelPgCdcCommitLsn}, or the
     *                     next
     * @param confirmedLsn the position that is confirmed now, as {@link #status} tells it; if it is another one by
     *                     then, nothing is done
     */
    public Skipped skipTo(String lsn, String confirmedLsn) {
        return consumer("skipTo").skipTo(position(lsn, "skipTo"), position(confirmedLsn, "confirmedLsn"));
    }

    /** The same whatever position is confirmed now. */
    public Skipped forceSkipTo(String lsn) {
        return consumer("skipTo").skipTo(position(lsn, "skipTo"), null);
    }

    static Map<String, Object> toMap(Skipped skipped) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("slot", skipped.slot());
        map.put("from", skipped.from().toString());
        map.put("to", skipped.to().toString());
        return map;
    }

    private static Lsn position(String text, String what) {
        try {
            return Lsn.parse(text);
        } catch (IllegalArgumentException e) {
            throw new PgCdcException(
                    ErrorCode.CONFIGURATION, "The operation skipTo: " + what + " is " + e.getMessage(),
                    "Write a position as PostgreSQL does, such as 16/B374D848", e);
        }
    }

    /**
     * Looks at whether the pipeline will work on its database, and changes nothing there; see
     * {@link PgCdcEndpoint#preflight}.
     */
    public PreflightReport preflight() {
        PgCdcEndpoint source = source();
        source.getConfiguration().requireComplete();
        return source.preflight();
    }

    /**
     * Adds tables to the publication, which has to be there. A pipeline that runs copies and follows them at once.
     *
     * @param  tables as the option {@code tables} has them: {@code schema.table}, with commas between
     * @return        those that it had not
     */
    public List<String> addTables(String tables) {
        boolean copies = configuration().getSnapshotMode() != SnapshotMode.never;
        List<TableId> added = client("addTable").addTables(
                endpoint.getPublication(), TablePattern.parseAll(tables, "The operation addTable"), copies);
        live().ifPresent(PgCdcConsumer::lookAtPublication);
        return texts(added);
    }

    /**
     * Takes tables out of the publication. What was committed before is still delivered.
     *
     * @param  tables as {@link #addTables} has them
     * @return        those that it had
     */
    public List<String> dropTables(String tables) {
        List<TableId> dropped = client("dropTable").dropTables(
                endpoint.getPublication(), TablePattern.parseAll(tables, "The operation dropTable"));
        live().ifPresent(PgCdcConsumer::lookAtPublication);
        return texts(dropped);
    }

    /** Writes a logical message of text, see {@link #emitMessage(String, byte[], boolean)}. */
    public String emitMessage(String prefix, String content, boolean transactional) {
        return emitMessage(prefix, content.getBytes(StandardCharsets.UTF_8), transactional);
    }

    /**
     * Writes a logical message into the server's log. It reaches the routes of this database that have
     * {@code includeMessages=true}, in the order of the log.
     *
     * @param  transactional whether it goes with a commit, like a change, or at once
     * @return               its position
     */
    public String emitMessage(String prefix, byte[] content, boolean transactional) {
        return client("emitMessage").emitMessage(prefix, content, transactional).toString();
    }

    /**
     * Drops the slots of the pipeline, and forgets its state: a next start copies everything anew, and can't know what
     * the destination has.
     *
     * @return                what was dropped, forgotten, and what is left
     * @throws PgCdcException of kind SLOT_ACTIVE if anybody reads the slot, here or elsewhere; nothing is dropped then
     */
    public DroppedSlots dropSlot() {
        live().ifPresent(consumer -> {
            throw new PgCdcException(
                    ErrorCode.SLOT_ACTIVE, "The slot of " + named() + " is in use by the route of " + consumer.getEndpoint()
                                           + " in this Camel context; nothing is dropped",
                    "Stop that route first; it would only make the slot anew");
        });
        PgReplicationClient client = client("dropSlot");
        String slot = slot(client);
        return withStates(client, states -> states.map(store -> dropSlot(client, slot, store))
                .orElseGet(() -> new DroppedSlots(client.dropUnreadSlots(slot), false, null)));
    }

    private String slot(PgReplicationClient client) {
        return Optional.ofNullable(configuration().getSlotName())
                .filter(given -> !given.isBlank())
                .map(SlotNames::checkedApplySlot)
                .orElseGet(() -> SlotNames.applySlot(client.database(), endpoint.getPipelineName()));
    }

    /** The state store, or empty if the state is in the memory of who runs the pipeline. */
    private <T> T withStates(PgReplicationClient client, Function<Optional<StateStore>, T> work) {
        if ("memory".equals(configuration().getStateStore())) {
            return work.apply(Optional.empty());
        }
        Optional<StateStore> bean = source().stateStoreBean(StateStore.class);
        if (bean.isPresent()) {
            return work.apply(bean);
        }
        try (StateStore own = new PostgresStateStore(
                PgCdcConsumer.statePlace(configuration(), client.connections()), configuration().getStateSchema())) {
            return work.apply(Optional.of(own));
        }
    }

    private DroppedSlots dropSlot(PgReplicationClient client, String slot, StateStore states) {
        // Before anything is dropped: whatever is wrong with the store is found out now.
        states.prepare();
        String pipeline = endpoint.getPipelineName();
        String other = states.pipeline(pipeline).map(PipelineRecord::slot)
                .filter(stored -> !stored.equals(slot) && client.findSlot(stored).isPresent())
                .orElse(null);
        List<String> slots = client.dropUnreadSlots(slot);
        return new DroppedSlots(slots, states.remove(pipeline), other);
    }

    /**
     * What {@link #dropSlot} did.
     *
     * @param slots        the slots that were there and are dropped
     * @param stateRemoved whether anything was stored of the pipeline, and is forgotten
     * @param leftSlot     another slot, which the state named and which is still there, or {@code null}
     */
    public record DroppedSlots(List<String> slots, boolean stateRemoved, String leftSlot) {

        Map<String, Object> toMap() {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("slots", slots);
            map.put("stateRemoved", stateRemoved);
            if (leftSlot != null) {
                map.put("leftSlot", leftSlot);
            }
            return map;
        }
    }

    private static List<String> texts(List<TableId> tables) {
        return tables.stream().map(TablePattern::text).toList();
    }

    // Whom it is asked of.

    /** The consumer that has the pipeline, for an operation that needs one. */
    private PgCdcConsumer consumer(String operation) {
        return live().orElseThrow(() -> new PgCdcException(
                ErrorCode.CONFIGURATION,
                "No route in this Camel context that is started reads " + named() + "; " + operation + " needs one",
                "Call it where the route runs, with the same pipeline and url, and start that first"));
    }

    /** A consumer may have another url, which then is another pipeline; an endpoint without one means any. */
    private Optional<PgCdcConsumer> live() {
        List<PgCdcConsumer> found = endpoint.getComponent().consumers().stream()
                .filter(consumer -> consumer.isRunAllowed() && isOurs(consumer))
                .toList();
        if (found.size() > 1) {
            List<PgCdcConsumer> active = found.stream().filter(consumer -> consumer.status().state() != State.STANDBY).toList();
            if (active.size() != 1) {
                throw new PgCdcException(
                        ErrorCode.CONFIGURATION, found.size() + " routes in this Camel context read " + named(),
                        "Say which by the options url and pipeline");
            }
            return Optional.of(active.get(0));
        }
        return found.stream().findFirst();
    }

    private boolean isOurs(PgCdcConsumer consumer) {
        String url = endpoint.getConfiguration().getUrl();
        return consumer.getEndpoint().getPipelineName().equals(endpoint.getPipelineName())
                && (url == null || url.equals(consumer.getEndpoint().getConfiguration().getUrl()));
    }

    private String named() {
        return "pipeline " + endpoint.getPipelineName();
    }

    /** The endpoint whose options say where the database is: this one, or without a url the route's, started or not. */
    private PgCdcEndpoint source() {
        return endpoint.getConfiguration().getUrl() != null
                ? endpoint
                : endpoint.getComponent().consumers().stream()
                        .filter(this::isOurs)
                        .findFirst()
                        .map(PgCdcConsumer::getEndpoint)
                        .orElse(endpoint);
    }

    private PgCdcConfiguration configuration() {
        return source().getConfiguration();
    }

    private PgReplicationClient client(String operation) {
        PgCdcConfiguration options = configuration();
        options.requireComplete();
        return new PgReplicationClient(
                new PostgresConnections(
                        new ConnectionSettings(
                                options.getUrl(), options.getUsername(), options.getPassword(),
                                "pgcdc " + operation + ' ' + endpoint.getPipelineName())));
    }
}

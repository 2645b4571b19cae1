package io.pgcdc.camel;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.pgcdc.model.PgCdcException;
import io.pgcdc.pipeline.PipelineStatus;
import io.pgcdc.postgres.PgReplicationClient;
import io.pgcdc.postgres.PreflightReport;
import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.api.management.ManagedAttribute;
import org.apache.camel.api.management.ManagedOperation;
import org.apache.camel.api.management.ManagedResource;
import org.apache.camel.spi.EndpointServiceLocation;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.DefaultEndpoint;

/**
 * Copy the tables of a PostgreSQL publication once, then receive every change of them; as a producer, steer such a
 * pipeline.
 */
@ManagedResource(description = "Managed PostgreSQL Change Data Capture Endpoint")
@UriEndpoint(firstVersion = "0.1.0", scheme = "pgcdc", title = "PostgreSQL Change Data Capture",
             syntax = "pgcdc:publication", category = { Category.DATABASE },
             headersClass = PgCdcConstants.class)
public class PgCdcEndpoint extends DefaultEndpoint implements EndpointServiceLocation {

    @UriPath
    @Metadata(required = true)
    private String publication;

    @UriParam
    private PgCdcConfiguration configuration;

    @UriParam(label = "producer")
    private ControlOperation operation;
    @UriParam(label = "producer")
    private String table;
    @UriParam(label = "producer")
    private String where;
    @UriParam(label = "producer")
    private String skipTo;
    @UriParam(label = "producer")
    private String confirmedLsn;
    @UriParam(label = "producer", defaultValue = "false")
    private boolean force;
    @UriParam(label = "producer")
    private String messagePrefix;
    @UriParam(label = "producer", defaultValue = "true")
    private boolean transactional = true;

    public PgCdcEndpoint() {
        this.configuration = new PgCdcConfiguration();
    }

    PgCdcEndpoint(String uri, PgCdcComponent component, String publication, PgCdcConfiguration configuration) {
        super(uri, component);
        this.publication = publication;
        this.configuration = configuration;
    }

    @Override
    public PgCdcComponent getComponent() {
        return (PgCdcComponent) super.getComponent();
    }

    @Override
    public Producer createProducer() {
        if (operation == null) {
            throw new IllegalArgumentException(
                    "to(\"pgcdc:" + publication + "\") steers a pipeline and needs the option operation, one of "
                                               + Arrays.toString(ControlOperation.values())
                                               + ", as in to(\"pgcdc:" + publication
                                               + "?operation=status\"). It writes no rows: to write changes to a database use"
                                               + " for example pgcdc-jdbc: or sql:");
        }
        return new PgCdcProducer(this);
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
        if (operation != null) {
            throw new IllegalArgumentException(
                    "The option operation is for to(\"pgcdc:" + publication + "?operation=" + operation
                                               + "\"), not for from(…)");
        }
        configuration.requireComplete();
        PgCdcConsumer consumer = new PgCdcConsumer(this, processor);
        configureConsumer(consumer);
        return consumer;
    }

    @ManagedAttribute(description = "The publication whose tables are copied and streamed")
    public String getPublication() {
        return publication;
    }

    /**
     * The publication whose tables are copied and streamed.
     */
    public void setPublication(String publication) {
        this.publication = publication;
    }

    public PgCdcConfiguration getConfiguration() {
        return configuration;
    }

    public void setConfiguration(PgCdcConfiguration configuration) {
        this.configuration = configuration;
    }

    public ControlOperation getOperation() {
        return operation;
    }

    /**
     * What a producer does. Those that concern a running pipeline need its route in the same Camel context.
     */
    public void setOperation(ControlOperation operation) {
        this.operation = operation;
    }

    public String getTable() {
        return table;
    }

    /**
     * The table that the operation is about, as schema.table; for addTable and dropTable several with commas between.
     * Without it the headers CamelPgCdcSchema and CamelPgCdcTable say which.
     */
    public void setTable(String table) {
        this.table = table;
    }

    public String getWhere() {
        return where;
    }

    /**
     * For resyncTable: the condition, in SQL, on the rows that are copied again; without it, and without the header
     * CamelPgCdcWhere, the whole table is. It can call every function that the user may call: let nobody give it who
     * may not query the database as that user.
     */
    public void setWhere(String where) {
        this.where = where;
    }

    public String getSkipTo() {
        return skipTo;
    }

    /**
     * For skipTo: the position to go on from, as PostgreSQL writes it (X/X). What was committed before is lost for the
     * route. Without it the header CamelPgCdcSkipTo says which.
     */
    public void setSkipTo(String skipTo) {
        this.skipTo = skipTo;
    }

    public String getConfirmedLsn() {
        return confirmedLsn;
    }

    /**
     * For skipTo, as the safeguard: the position that is confirmed now. If it is another one by then, nothing is done.
     * Without it the header CamelPgCdcConfirmedLsn says which.
     */
    public void setConfirmedLsn(String confirmedLsn) {
        this.confirmedLsn = confirmedLsn;
    }

    public boolean isForce() {
        return force;
    }

    /**
     * For skipTo: whether to do it without a word on the position that is confirmed now.
     */
    public void setForce(boolean force) {
        this.force = force;
    }

    public String getMessagePrefix() {
        return messagePrefix;
    }

    /**
     * For emitMessage: the prefix of the message. Without it the header CamelPgCdcMessagePrefix says which.
     */
    public void setMessagePrefix(String messagePrefix) {
        this.messagePrefix = messagePrefix;
    }

    public boolean isTransactional() {
        return transactional;
    }

    /**
     * For emitMessage: whether the message goes with a commit, in the order of the changes; else it is sent at once.
     */
    public void setTransactional(boolean transactional) {
        this.transactional = transactional;
    }

    /** Steers the endpoint's pipeline from code. */
    public PgCdcControl control() {
        return new PgCdcControl(this);
    }

    @ManagedOperation(description = "How the pipeline fares, as JSON")
    public String status() {
        return new JsonWriter().value(control().status()).toString();
    }

    @ManagedOperation(description = "Reads no more until resumePipeline, stays connected and acknowledging")
    public void pausePipeline() {
        control().pause();
    }

    @ManagedOperation(description = "Goes on after pausePipeline")
    public void resumePipeline() {
        control().resume();
    }

    /** See {@link PgCdcControl#resyncTable}. */
    @ManagedOperation(description = "Copies a table again, given as schema.table; also brings it out of Error")
    public void resyncTable(String name) {
        control().resyncTable(name);
    }

    /** See {@link PgCdcControl#copyRows}. */
    @ManagedOperation(description = "Copies the rows of a table, given as schema.table, again that a condition in SQL names")
    public void copyRows(String name, String condition) {
        control().copyRows(name, condition);
    }

    /** See {@link PgCdcControl#skipTo}. */
    @ManagedOperation(description = "Goes on from a position, given as X/X and the one that is confirmed now; what lies in between"
                                    + " is lost. Tells from where to where, as JSON")
    public String skipTo(String lsn, String confirmed) {
        return new JsonWriter().value(PgCdcControl.toMap(control().skipTo(lsn, confirmed))).toString();
    }

    /** See {@link PgCdcControl#forceSkipTo}. */
    @ManagedOperation(description = "Goes on from a position, given as X/X, whatever is confirmed now; what lies in between is lost."
                                    + " Tells from where to where, as JSON")
    public String forceSkipTo(String lsn) {
        return new JsonWriter().value(PgCdcControl.toMap(control().forceSkipTo(lsn))).toString();
    }

    /** See {@link PgCdcControl#addTables}. */
    @ManagedOperation(description = "Adds tables, given as schema.table with commas between, to the publication; tells which")
    public List<String> addTables(String names) {
        return control().addTables(names);
    }

    /** See {@link PgCdcControl#dropTables}. */
    @ManagedOperation(description = "Takes tables, given as schema.table with commas between, out of the publication; tells which")
    public List<String> dropTables(String names) {
        return control().dropTables(names);
    }

    /** See {@link PgCdcControl#emitMessage(String, String, boolean)}. */
    @ManagedOperation(description = "Writes a logical message of a prefix and a text, in a transaction or not; tells its position")
    public String emitMessage(String prefix, String content, boolean inTransaction) {
        return control().emitMessage(prefix, content, inTransaction);
    }

    /** The report of {@link #preflight}. */
    @ManagedOperation(description = "Looks at whether a pipeline will work on the database, and changes nothing; the report, as JSON")
    public String preflightReport() {
        return new JsonWriter().value(control().preflight().toMap()).toString();
    }

    /** See {@link PgCdcControl#dropSlot}. */
    @ManagedOperation(description = "Drops the slots that nobody reads and forgets the pipeline's state; tells what, as JSON")
    public String dropSlot() {
        return new JsonWriter().value(control().dropSlot().toMap()).toString();
    }

    /** The pipeline's name: the option, or the publication's name. */
    @ManagedAttribute(description = "The pipeline, which names slot, state and threads")
    public String getPipelineName() {
        String pipeline = configuration.getPipeline();
        return pipeline == null || pipeline.isBlank() ? publication : pipeline;
    }

    /**
     * Looks at whether a pipeline with these options will work on its database, and changes nothing there. Whatever is
     * wrong is a finding, a server that can't be reached too. Asks the server, so it takes a while; may be called at
     * any time, whether the route runs or not.
     *
     * @throws io.pgcdc.model.PgCdcException of kind CONFIGURATION if the options can't be right
     */
    public PreflightReport preflight() {
        return new PgReplicationClient(PgCdcConsumer.source(this)).preflightReport(PgCdcConsumer.needs(this));
    }

    /** How the pipeline fares of the consumer that was started from this endpoint. */
    private PipelineStatus pipelineStatus() {
        return consumer().map(PgCdcConsumer::status).orElseGet(PipelineStatus::stopped);
    }

    private Optional<PgCdcConsumer> consumer() {
        return getComponent().consumers().stream().filter(consumer -> consumer.getEndpoint() == this).findFirst();
    }

    @ManagedAttribute(description = "What the pipeline does")
    public String getPipelineState() {
        return pipelineStatus().state().name();
    }

    @ManagedAttribute(description = "What the pipeline fails with, and what to do; empty if nothing")
    public String getPipelineError() {
        PgCdcException error = pipelineStatus().error();
        return error == null ? "" : error.getMessage();
    }

    @ManagedAttribute(description = "Position up to where everything is acknowledged")
    public String getPipelineConfirmedLsn() {
        return pipelineStatus().confirmed().toString();
    }

    @ManagedAttribute(description = "Bytes of the server's log behind the confirmed position, -1 if not known")
    public long getLagBytes() {
        return pipelineStatus().lagBytes();
    }

    @ManagedAttribute(description = "Age in seconds of the oldest commit that is not complete, -1 if not known")
    public double getLagSeconds() {
        Duration lag = pipelineStatus().lag();
        return lag == null ? -1 : PipelineReport.seconds(lag);
    }

    @ManagedAttribute(description = "Tables in Error")
    public List<String> getTablesInError() {
        return pipelineStatus().tables().stream()
                .filter(known -> known.stage() == PipelineStatus.TableStage.ERROR)
                .map(known -> known.table().toString())
                .toList();
    }

    @ManagedAttribute(description = "All of it as JSON, as the developer console tells it; empty if there is no consumer")
    public String getStatusJson() {
        return consumer().map(PgCdcConsumer::getStatusJson).orElse("");
    }

    /**
     * The bean that the option stateStore names as {@code #name}, or empty if the option names a kind of store.
     *
     * @throws org.apache.camel.NoSuchBeanException if the registry has no such bean of the type
     */
    <T> Optional<T> stateStoreBean(Class<T> type) {
        String name = configuration.getStateStore();
        return name.startsWith("#")
                ? Optional.of(CamelContextHelper.mandatoryLookup(getCamelContext(), name.substring(1), type))
                : Optional.empty();
    }

    @Override
    public String getServiceUrl() {
        return configuration.urlWithoutParameters();
    }

    @Override
    public String getServiceProtocol() {
        return "postgresql";
    }

    @Override
    public Map<String, String> getServiceMetadata() {
        return Map.of("publication", publication, "pipeline", getPipelineName());
    }

    /** Names the publication only: the URI may carry credentials. */
    @Override
    public String toString() {
        return "pgcdc:" + publication;
    }
}

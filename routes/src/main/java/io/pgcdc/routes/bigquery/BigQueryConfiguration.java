package io.pgcdc.routes.bigquery;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

import com.google.cloud.bigquery.BigQuery;
import com.google.cloud.bigquery.storage.v1.BigQueryWriteClient;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriParams;

/** The options of the component and of its endpoints. There is no {@code toString}, for a key may be among them. */
@UriParams
public class BigQueryConfiguration implements Cloneable {

    /** What a request may have with BigQuery, which is 10 MB, less a tenth for what is around the rows. */
    private static final int MAX_REQUEST_BYTES = 9_000_000;

    @UriParam(label = "security", secret = true)
    private String serviceAccountKey;
    @UriParam(label = "producer", javaType = "java.time.Duration", defaultValue = "15m")
    private long maxStaleness = 15 * 60_000;
    @UriParam(label = "producer", defaultValue = "STRING")
    private UnboundedNumeric unboundedNumeric = UnboundedNumeric.STRING;
    @UriParam(label = "producer")
    private String textColumns;
    @UriParam(label = "producer", javaType = "java.time.Duration", defaultValue = "5m")
    private long retryTimeout = 5 * 60_000;
    @UriParam(label = "producer,advanced", defaultValue = "10000")
    private int maxRequestRows = 10_000;
    @UriParam(label = "producer,advanced", defaultValue = "9000000")
    private int maxRequestBytes = MAX_REQUEST_BYTES;
    @UriParam(label = "producer,advanced")
    @Metadata(autowired = true)
    private BigQuery bigQuery;
    @UriParam(label = "producer,advanced")
    @Metadata(autowired = true)
    private BigQueryWriteClient writeClient;

    BigQueryConfiguration copy() {
        try {
            return (BigQueryConfiguration) clone();
        } catch (CloneNotSupportedException e) {
            throw new RuntimeCamelException(e);
        }
    }

    /** Throws if a value makes no sense. */
    void requireValidValues() {
        require(maxRequestRows >= 1, "maxRequestRows is at least 1");
        require(maxRequestBytes >= 1000 && maxRequestBytes <= MAX_REQUEST_BYTES,
                "maxRequestBytes is between 1000 and " + MAX_REQUEST_BYTES);
        require(maxStaleness >= 0 && retryTimeout >= 0, "maxStaleness and retryTimeout are not negative");
        require(textColumnSet().stream().allMatch(column -> column.split("\\.").length == 3),
                "textColumns is a comma separated list of columns, each as schema.table.column");
    }

    private static void require(boolean valid, String message) {
        if (!valid) {
            throw new IllegalArgumentException("The option " + message);
        }
    }

    Set<String> textColumnSet() {
        return textColumns == null || textColumns.isBlank()
                ? Set.of() : Arrays.stream(textColumns.split(",")).map(String::strip).collect(Collectors.toSet());
    }

    public String getServiceAccountKey() {
        return serviceAccountKey;
    }

    /**
     * The key of the service account to write as, in JSON: file:, classpath: or base64: and where it is or what it
     * says. Without it the application default credentials are used.
     */
    public void setServiceAccountKey(String serviceAccountKey) {
        this.serviceAccountKey = serviceAccountKey;
    }

    public long getMaxStaleness() {
        return maxStaleness;
    }

    /**
     * How old what a query sees may be (max_staleness of the tables that are made). BigQuery applies changes in the
     * background within that time; with 0 every query applies them itself, which costs more.
     */
    public void setMaxStaleness(long maxStaleness) {
        this.maxStaleness = maxStaleness;
    }

    public UnboundedNumeric getUnboundedNumeric() {
        return unboundedNumeric;
    }

    /**
     * What columns of the type numeric without a precision are kept in. STRING holds every value; with BIGNUMERIC a
     * value of more than 38 digits before or behind the point is refused.
     */
    public void setUnboundedNumeric(UnboundedNumeric unboundedNumeric) {
        this.unboundedNumeric = unboundedNumeric;
    }

    public String getTextColumns() {
        return textColumns;
    }

    /**
     * Columns that are kept as text (STRING) whatever their type, comma separated, each as schema.table.column: for
     * values that BigQuery's type can't hold, such as infinity in a date.
     */
    public void setTextColumns(String textColumns) {
        this.textColumns = textColumns;
    }

    public long getRetryTimeout() {
        return retryTimeout;
    }

    /**
     * How long a request that failed for a transient reason is sent again, with growing delays, before its exchange
     * fails and the failure policy of the pgcdc consumer decides. The write service may need some minutes to learn of a
     * new table or column.
     */
    public void setRetryTimeout(long retryTimeout) {
        this.retryTimeout = retryTimeout;
    }

    public int getMaxRequestRows() {
        return maxRequestRows;
    }

    /**
     * The most rows in a request.
     */
    public void setMaxRequestRows(int maxRequestRows) {
        this.maxRequestRows = maxRequestRows;
    }

    public int getMaxRequestBytes() {
        return maxRequestBytes;
    }

    /**
     * The most bytes of rows in a request; BigQuery takes 10 MB with what is around them.
     */
    public void setMaxRequestBytes(int maxRequestBytes) {
        this.maxRequestBytes = maxRequestBytes;
    }

    public BigQuery getBigQuery() {
        return bigQuery;
    }

    /**
     * A client for tables and views, for other endpoints or credentials than the default.
     */
    public void setBigQuery(BigQuery bigQuery) {
        this.bigQuery = bigQuery;
    }

    public BigQueryWriteClient getWriteClient() {
        return writeClient;
    }

    /**
     * A client for rows, for other endpoints or credentials than the default.
     */
    public void setWriteClient(BigQueryWriteClient writeClient) {
        this.writeClient = writeClient;
    }
}

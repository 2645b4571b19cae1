package io.pgcdc.routes.bigquery;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.google.cloud.bigquery.BigQuery;
import com.google.cloud.bigquery.BigQueryException;
import com.google.cloud.bigquery.DatasetId;
import com.google.cloud.bigquery.Field;
import com.google.cloud.bigquery.JobException;
import com.google.cloud.bigquery.PrimaryKey;
import com.google.cloud.bigquery.QueryJobConfiguration;
import com.google.cloud.bigquery.StandardTableDefinition;
import com.google.cloud.bigquery.Table;
import com.google.cloud.bigquery.TableDefinition;
import com.google.cloud.bigquery.TableId;
import com.google.cloud.bigquery.ViewDefinition;
import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;

/**
 * The tables and views of a dataset: looks at them, and makes them. Every call goes to BigQuery and may take seconds.
 */
final class Dataset {

    private static final Pattern FROM = Pattern.compile("FROM `[^`.]+\\.[^`.]+\\.([^`]+)`$");

    private final BigQuery bigQuery;
    private final DatasetId id;
    private final ReentrantLock names = new ReentrantLock();

    Dataset(BigQuery bigQuery, String project, String name) {
        this.bigQuery = bigQuery;
        this.id = DatasetId.of(project, name);
    }

    TableId table(String name) {
        return TableId.of(id.getProject(), id.getDataset(), name);
    }

    /**
     * A view that the sink has made.
     *
     * @param name  its name
     * @param marks what is kept with it
     * @param table the name of the table that it shows
     * @param query its SQL
     */
    record View(String name, Marks marks, String table, String query) {
    }

    /**
     * The view of this name, or empty if nothing has this name.
     *
     * @throws PgCdcException if something has it that the sink has not made
     */
    Optional<View> view(String name) {
        Table found = found(name);
        if (found == null) {
            return Optional.empty();
        }
        return Optional.of(view(found).orElseThrow(() -> new PgCdcException(
                ErrorCode.DESTINATION,
                "What BigQuery has under the name " + Statements.name(found.getTableId())
                                       + (Marks.of(found.getLabels()) == null
                                               ? " was not made by pgcdc-bigquery" : " is the table behind another view"),
                "Give it another name, or let the sink write to another dataset")));
    }

    /** The view of the source's table of this number in PostgreSQL's catalogue, whatever its name. */
    Optional<View> viewOf(long relation) {
        for (Table listed : call("list the tables of " + id.getDataset(), () -> bigQuery.listTables(id)).iterateAll()) {
            Marks marks = Marks.of(listed.getLabels());
            if (marks != null && marks.relation() == relation
                    && listed.getDefinition().getType() == TableDefinition.Type.VIEW) {
                return view(found(listed.getTableId().getTable()));
            }
        }
        return Optional.empty();
    }

    private static Optional<View> view(Table found) {
        Marks marks = found == null ? null : Marks.of(found.getLabels());
        if (marks == null || !(found.getDefinition() instanceof ViewDefinition definition)) {
            return Optional.empty();
        }
        Matcher from = FROM.matcher(definition.getQuery());
        return from.find()
                ? Optional.of(new View(found.getTableId().getTable(), marks, from.group(1), definition.getQuery()))
                : Optional.empty();
    }

    /**
     * Makes a view, or replaces the one of its name, and drops the one that its table had under another name, unless
     * another table has got that name.
     */
    void show(View view, String formerName) {
        names.lock();
        try {
            execute(Statements.createView(table(view.name()), view.query(), view.marks().ofView()));
            if (!formerName.equals(view.name())
                    && view(found(formerName)).filter(former -> former.marks().relation() == view.marks().relation())
                            .isPresent()) {
                execute(Statements.dropView(table(formerName)));
            }
        } finally {
            names.unlock();
        }
    }

    boolean exists(String name) {
        return found(name) != null;
    }

    /** What is kept with a table that the sink has made, or empty if it has not made this one. */
    Optional<Marks> marksOfTable(String name) {
        Table found = found(name);
        return found == null || !(found.getDefinition() instanceof StandardTableDefinition)
                ? Optional.empty() : Optional.ofNullable(Marks.of(found.getLabels()));
    }

    /** The columns and the key of a table, or empty if there is none of that name. */
    Optional<Layout> layout(String name) {
        Table found = found(name);
        if (found == null || !(found.getDefinition() instanceof StandardTableDefinition definition)) {
            return Optional.empty();
        }
        List<PhysicalColumn> columns = definition.getSchema().getFields().stream().map(Dataset::column).toList();
        PrimaryKey key = definition.getTableConstraints() == null ? null : definition.getTableConstraints().getPrimaryKey();
        return Optional.of(new Layout(columns, key == null ? List.of() : key.getColumns()));
    }

    private static PhysicalColumn column(Field field) {
        String type = field.getType().getStandardType().name();
        try {
            return PhysicalColumn.described(field.getName(), BigQueryType.valueOf(type), field.getDescription());
        } catch (IllegalArgumentException e) {
            // A column of somebody else's; the sink has no values for it.
            return new PhysicalColumn(field.getName(), BigQueryType.STRING, -1);
        }
    }

    private Table found(String name) {
        return call("look at " + name, () -> bigQuery.getTable(table(name)));
    }

    /** Runs a statement that makes or changes a table or view. */
    void execute(String statement) {
        call("run: " + statement, () -> {
            try {
                return bigQuery.query(QueryJobConfiguration.of(statement));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new PgCdcException(ErrorCode.DESTINATION, "Interrupted while BigQuery was to run: " + statement, null);
            } catch (JobException e) {
                throw new PgCdcException(ErrorCode.DESTINATION, "BigQuery did not run: " + statement, e.getMessage(), e);
            }
        });
    }

    private interface Call<T> {
        T run();
    }

    private static <T> T call(String what, Call<T> call) {
        try {
            return call.run();
        } catch (BigQueryException e) {
            throw new PgCdcException(
                    ErrorCode.DESTINATION, "BigQuery could not " + what + " (" + e.getCode() + ")", e.getMessage(), e);
        }
    }
}

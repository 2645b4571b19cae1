package io.pgcdc.examples.quickstart;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Column;
import io.pgcdc.model.Operation;
import io.pgcdc.model.ReplicaIdentity;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableRow;
import io.pgcdc.model.TableSchema;
import io.pgcdc.model.Transaction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class NdjsonFilesTest {

    private static final TableId ORDERS = new TableId("public", "orders");
    private static final TableSchema SCHEMA = new TableSchema(
            ORDERS, 1, ReplicaIdentity.DEFAULT,
            List.of(new Column("id", 20, "int8", -1, false, true),
                    new Column("total", 1700, "numeric", -1, true, false)));
    private static final Transaction TRANSACTION = new Transaction(7, 0x1000, 0x1000, Instant.EPOCH);

    @TempDir
    private Path directory;
    private long ordinal;

    @Test
    void aLineTellsOperationIdKeyAndRow() throws IOException {
        write(row(Operation.READ, 1, "12.50"));

        assertThat(lines()).singleElement().asString()
                .matches("\\{\"op\":\"read\",\"id\":\"[0-9A-F]{16}/[0-9A-F]{16}\",\"key\":\\{\"id\":1},"
                         + "\"row\":\\{\"id\":1,\"total\":12.50}}");
    }

    @Test
    void aColumnThatWasNotSentIsLeftOut() throws IOException {
        write(event(Operation.UPDATE, null, 1, TableRow.ABSENT));

        assertThat(lines().get(0)).endsWith("\"row\":{\"id\":1}}");
    }

    @Test
    void appendsToWhatIsThere() throws IOException {
        write(row(Operation.READ, 1, "1"));
        write(row(Operation.READ, 2, "2"));

        assertThat(lines()).hasSize(2);
    }

    @Test
    void tablesWithStrangeNamesGetFilesOfTheirOwn() {
        TableId slash = new TableId("public", "../a");
        TableId colon = new TableId("public", "..:a");

        assertThat(NdjsonFiles.fileOf(directory, slash)).isNotEqualTo(NdjsonFiles.fileOf(directory, colon))
                .hasParentRaw(directory);
    }

    @Test
    void recountFollowsTheRowsByKey() throws IOException {
        write(row(Operation.READ, 1, "1"), row(Operation.READ, 2, "2"), row(Operation.INSERT, 3, "3"),
                row(Operation.UPDATE, 2, "4"), row(Operation.DELETE, 1, "1"));

        assertThat(recount()).isEqualTo(2);
    }

    @Test
    void recountIsNotMisledByWhatArrivesTwice() throws IOException {
        write(row(Operation.INSERT, 1, "1"), row(Operation.INSERT, 2, "1"), row(Operation.DELETE, 1, "1"));
        write(row(Operation.INSERT, 1, "1"), row(Operation.INSERT, 2, "1"), row(Operation.DELETE, 1, "1"));

        assertThat(recount()).isEqualTo(1);
    }

    @Test
    void recountKnowsAKeyThatChanged() throws IOException {
        TableRow before = new TableRow(SCHEMA, new Object[] { 1L, TableRow.ABSENT });
        write(row(Operation.READ, 1, "1"), event(Operation.UPDATE, before, 7, BigDecimal.ONE));

        assertThat(recount()).isEqualTo(1);
    }

    @Test
    void truncateAndANewCopyEmptyTheTable() throws IOException {
        write(row(Operation.READ, 1, "1"), ofTable(Operation.COPY_START), row(Operation.READ, 2, "1"));
        assertThat(recount()).isEqualTo(1);

        write(ofTable(Operation.TRUNCATE));
        assertThat(recount()).isZero();
    }

    @Test
    void aTableWithoutFileHasNoRows() throws IOException {
        assertThat(recount()).isZero();
    }

    @Test
    void anUnknownOperationIsNotPassedOver() throws IOException {
        Files.writeString(NdjsonFiles.fileOf(directory, ORDERS), "{\"op\":\"merge\"}\n");

        assertThatThrownBy(this::recount).isInstanceOf(IllegalStateException.class).hasMessageContaining("merge");
    }

    private void write(ChangeEvent... events) throws IOException {
        try (NdjsonFiles files = new NdjsonFiles(directory)) {
            files.append(List.of(events));
        }
    }

    private List<String> lines() throws IOException {
        return Files.readAllLines(NdjsonFiles.fileOf(directory, ORDERS));
    }

    private long recount() throws IOException {
        return Recount.liveRows(NdjsonFiles.fileOf(directory, ORDERS));
    }

    private ChangeEvent row(Operation operation, long id, String total) {
        return event(operation, null, id, new BigDecimal(total));
    }

    private ChangeEvent event(Operation operation, TableRow before, long id, Object total) {
        return ChangeEvent.row(operation, SCHEMA, new Object[] { id, total }, before, TRANSACTION, 1, ordinal++, 10);
    }

    private ChangeEvent ofTable(Operation operation) {
        return ChangeEvent.ofTable(operation, SCHEMA, TRANSACTION, 1, ordinal++);
    }
}

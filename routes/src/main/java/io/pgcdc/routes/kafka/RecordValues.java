package io.pgcdc.routes.kafka;

import java.util.List;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.TableRow;
import org.apache.kafka.common.header.Header;

/** Makes the values of records, in one format. For one thread. */
interface RecordValues {

    byte[] of(ChangeEvent change) throws Exception;

    /**
     * Adds what the format keeps in headers.
     *
     * @param before the row, or its key, that the record is the end of, or replaces; {@code null} where none is known
     */
    void tell(ChangeEvent change, TableRow before, List<Header> headers);
}

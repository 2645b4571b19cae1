package io.pgcdc.routes.kafka;

import java.util.List;
import java.util.Map;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.SchemaChangeEvent;
import io.pgcdc.model.TableRow;
import io.pgcdc.model.TableSchema;
import io.pgcdc.model.TruncateEvent;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/** All of a change, in CBOR, so that {@link FromKafka} makes the same again. */
final class ExactValues implements RecordValues {

    static final String BEFORE = "pgcdc.before";
    static final String SHAPE = "pgcdc.shape";
    static final String CASCADE = "cascade";
    static final String RESTART_IDENTITY = "restartIdentity";

    private TableSchema shape;
    private Header ofShape;

    @Override
    public byte[] of(ChangeEvent change) {
        if (change instanceof SchemaChangeEvent schema) {
            return CborShape.write(schema.change().before());
        }
        if (change instanceof TruncateEvent truncate) {
            return Cbor.write(Map.of(CASCADE, truncate.cascade(), RESTART_IDENTITY, truncate.restartIdentity()));
        }
        return Cbor.write(change);
    }

    @Override
    public void tell(ChangeEvent change, TableRow before, List<Header> headers) {
        if (change.tableSchema() != shape) {
            shape = change.tableSchema();
            ofShape = new RecordHeader(SHAPE, CborShape.write(shape));
        }
        headers.add(ofShape);
        if (before != null) {
            headers.add(new RecordHeader(BEFORE, Cbor.write(before)));
        }
    }
}

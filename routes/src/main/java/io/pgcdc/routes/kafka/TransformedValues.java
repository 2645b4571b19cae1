package io.pgcdc.routes.kafka;

import java.nio.charset.StandardCharsets;
import java.util.List;

import io.pgcdc.camel.PgCdcConstants;
import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.TableRow;
import org.apache.camel.Message;
import org.apache.camel.spi.Transformer;
import org.apache.camel.support.DefaultMessage;
import org.apache.kafka.common.header.Header;

/** Text that a data type of the component makes. */
final class TransformedValues implements RecordValues {

    private final Transformer transformer;
    private final Message message;

    /** @param origin says which database and pipeline it is */
    TransformedValues(Transformer transformer, Message origin) {
        this.transformer = transformer;
        this.message = new DefaultMessage(origin.getExchange().getContext());
        message.setHeader(PgCdcConstants.DATABASE, origin.getHeader(PgCdcConstants.DATABASE));
        message.setHeader(PgCdcConstants.PIPELINE, origin.getHeader(PgCdcConstants.PIPELINE));
    }

    @Override
    public byte[] of(ChangeEvent change) throws Exception {
        message.setBody(change);
        transformer.transform(message, null, null);
        return ((String) message.getBody()).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void tell(ChangeEvent change, TableRow before, List<Header> headers) {
        // It is all in the value.
    }
}

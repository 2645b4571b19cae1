package io.pgcdc.benchmarks.micro;

import java.util.concurrent.TimeUnit;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableSchema;
import io.pgcdc.model.Transaction;
import io.pgcdc.pgoutput.ChangeListener;
import io.pgcdc.pgoutput.CopyRowDecoder;
import io.pgcdc.pgoutput.PgOutputDecoder;
import io.pgcdc.pgoutput.Subscription;
import io.pgcdc.types.Codecs;
import io.pgcdc.types.ValueStyle;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One row of eleven columns, every value decoded. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class Decoding {

    /** In which style values are handed on. */
    @Param({ "PORTABLE", "JAVA" })
    public ValueStyle style;

    private final byte[] insert = Orders.insert();
    private final byte[] insertBinary = Orders.insertBinary();
    private final byte[] copied = Orders.copied();
    private final Kept kept = new Kept();
    private PgOutputDecoder stream;
    private CopyRowDecoder copy;

    /** A transaction is open, its relation announced. */
    @Setup
    public void begin() {
        Codecs codecs = Codecs.of(style, true);
        stream = new PgOutputDecoder(codecs, kept, style);
        byte[] begin = Orders.begin();
        byte[] relation = Orders.relation();
        stream.decode(begin, 0, begin.length, 4_000);
        stream.decode(relation, 0, relation.length, 0);
        copy = new CopyRowDecoder(Orders.SCHEMA, codecs, Lsn.of(4_000));
    }

    /** An insert of the stream, as text. */
    @Benchmark
    public Object stream() {
        stream.decode(insert, 0, insert.length, 4_500);
        return kept.last;
    }

    /** The same in binary. */
    @Benchmark
    public Object streamBinary() {
        stream.decode(insertBinary, 0, insertBinary.length, 4_500);
        return kept.last;
    }

    /** A row of a copy. */
    @Benchmark
    public Object copy() {
        return copy.decode(copied, 0, copied.length);
    }

    private static final class Kept implements ChangeListener {
        private ChangeEvent last;

        @Override
        public void begin(Transaction transaction) {
            // nothing to do
        }

        @Override
        public Subscription relation(TableSchema announced, Transaction transaction, long lsn) {
            return new Subscription() {
                @Override
                public TableSchema schema() {
                    return announced;
                }

                @Override
                public boolean accepts(long commitLsn) {
                    return true;
                }
            };
        }

        @Override
        public void change(ChangeEvent event) {
            last = event;
        }

        @Override
        public void undecodable(ChangeEvent event, PgCdcException cause) {
            throw cause;
        }

        @Override
        public void message(ChangeEvent message, boolean transactional) {
            last = message;
        }

        @Override
        public void commit(Transaction transaction, long endLsn, long changes) {
            // nothing to do
        }
    }
}

package io.pgcdc.benchmarks.micro;

import java.util.concurrent.TimeUnit;

import io.pgcdc.types.Codecs;
import io.pgcdc.types.ColumnCodec;
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

/** One value of each column of the order table, by its codecs for text and binary. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class Values {

    /** Of which column. */
    @Param({
            "id", "customer", "status", "amount", "created", "updated", "ref", "attributes", "paid", "weight" })
    public String column;

    /** In which style values are handed on. */
    @Param({ "PORTABLE", "JAVA" })
    public ValueStyle style;

    private byte[] text;
    private byte[] binary;
    private ColumnCodec fromText;
    private ColumnCodec fromBinary;

    /** What the server sends. */
    @Setup
    public void prepare() {
        int index = Orders.index(column);
        long type = Orders.SCHEMA.columns().get(index).typeOid();
        Codecs codecs = Codecs.of(style, true);
        text = Orders.text(index);
        binary = Orders.binary().get(index);
        fromText = codecs.codec(type);
        fromBinary = codecs.binaryCodec(type);
    }

    /** As a stream of text has it. */
    @Benchmark
    public Object text() {
        return fromText.decode(text, 0, text.length);
    }

    /** As a copy has it, or a stream in binary. */
    @Benchmark
    public Object binary() {
        return fromBinary.decode(binary, 0, binary.length);
    }
}

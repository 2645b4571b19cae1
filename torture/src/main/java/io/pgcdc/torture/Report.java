package io.pgcdc.torture;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

import io.pgcdc.pipeline.PipelineStatus.State;

/**
 * What a route's JVM says of itself.
 *
 * @param state    of the pipeline
 * @param up       whether its health check says UP
 * @param copying  whether a table is not streamed yet
 * @param peakHeap the most heap it ever used, in bytes
 * @param threads  the most threads it ever had
 */
record Report(State state, boolean up, boolean copying, long peakHeap, int threads) {

    static final Report NONE = new Report(State.STOPPED, false, true, 0, 0);

    void write(DataOutputStream out) throws IOException {
        out.writeByte(state.ordinal());
        out.writeBoolean(up);
        out.writeBoolean(copying);
        out.writeLong(peakHeap);
        out.writeInt(threads);
    }

    static Report read(DataInputStream in) throws IOException {
        return new Report(State.values()[in.readByte()], in.readBoolean(), in.readBoolean(), in.readLong(), in.readInt());
    }

    boolean is(State expected) {
        return state == expected;
    }

    boolean isStreaming() {
        return state == State.RUNNING && !copying;
    }
}

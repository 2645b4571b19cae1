package io.pgcdc.types;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The numbers that values in PostgreSQL's binary format are made of: of fixed lengths, the highest byte first. */
final class BinaryValue {

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private BinaryValue() {
    }

    /** Every value of a type of a fixed length has that length. */
    static void requireLength(String type, int length, int expected) {
        if (length != expected) {
            throw ValueFormatException.of(type, "not " + expected + " byte(s)");
        }
    }

    static short int2(String type, byte[] bytes, int offset, int length) {
        requireLength(type, length, Short.BYTES);
        return int2(bytes, offset);
    }

    static int int4(String type, byte[] bytes, int offset, int length) {
        requireLength(type, length, Integer.BYTES);
        return int4(bytes, offset);
    }

    static long int8(String type, byte[] bytes, int offset, int length) {
        requireLength(type, length, Long.BYTES);
        return int8(bytes, offset);
    }

    /** Part of a value whose length was checked before. */
    static short int2(byte[] bytes, int offset) {
        return (short) SHORT.get(bytes, offset);
    }

    /** Part of a value whose length was checked before. */
    static int int4(byte[] bytes, int offset) {
        return (int) INT.get(bytes, offset);
    }

    /** Part of a value whose length was checked before. */
    static long int8(byte[] bytes, int offset) {
        return (long) LONG.get(bytes, offset);
    }
}

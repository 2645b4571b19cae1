package io.pgcdc.types;

/**
 * Reads one type's values from PostgreSQL's text format, or from its binary one. Stateless and safe for use from many
 * threads.
 */
@FunctionalInterface
public interface ColumnCodec {

    /**
     * The value in these bytes (text in UTF-8, without any escaping of the transport), never {@code null}: NULL is not
     * the codec's business.
     *
     * @throws ValueFormatException if the bytes are no value of the type; its message does not hold them
     */
    Object decode(byte[] bytes, int offset, int length);
}

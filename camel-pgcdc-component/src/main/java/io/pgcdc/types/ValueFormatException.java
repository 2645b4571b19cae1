package io.pgcdc.types;

/**
 * Bytes that are no value of the type they should be of. The message names the type and what is wrong, never the value.
 */
public final class ValueFormatException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ValueFormatException(String message) {
        super(message);
    }

    /** The exception for a defect, told in fixed words of ours: never with any part of the value. */
    static ValueFormatException of(String type, String defect) {
        return new ValueFormatException("not a value of type " + type + ": " + defect);
    }
}

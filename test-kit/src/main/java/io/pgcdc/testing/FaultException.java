package io.pgcdc.testing;

/**
 * What an exchange fails with because the test told a {@link MemoryDestination} so. It has no stack trace: none helps.
 */
public final class FaultException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    FaultException(String message) {
        super(message, null, false, false);
    }
}

package io.pgcdc.torture;

/** An invariant that did not hold, and where. Never with a value of a row. */
record Violation(Invariant invariant, String detail) {

    @Override
    public String toString() {
        return "invariant " + (invariant.ordinal() + 1) + " (" + invariant.words() + "): " + detail;
    }
}

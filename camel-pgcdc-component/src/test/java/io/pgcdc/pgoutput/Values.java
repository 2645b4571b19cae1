package io.pgcdc.pgoutput;

import java.util.Collection;
import java.util.List;

/** Reads values as a destination does, so that one that can't be read is found. */
final class Values {

    private Values() {
    }

    static void read(Collection<?> values) {
        for (Object value : values) {
            if (value instanceof List<?> array) {
                read(array);
            } else if (value != null) {
                // Of a number or a time this needs all of it. Texts are made whole already.
                value.hashCode();
            }
        }
    }
}

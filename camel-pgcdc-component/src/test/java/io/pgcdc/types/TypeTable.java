package io.pgcdc.types;

import java.util.List;

/** The built-in types that have a codec, for tests of other packages. */
public final class TypeTable {

    private TypeTable() {
    }

    /** Their names, in the order of the table. */
    public static List<String> names() {
        return KnownTypes.ALL.stream().map(KnownType::name).toList();
    }

    /** Whether there are arrays of it. */
    public static boolean hasArrays(String name) {
        return KnownTypes.find(name).hasArrays();
    }
}

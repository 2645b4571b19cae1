package io.pgcdc.types;

import java.util.Collection;

/** Tells what types are that are not built in: what this package asks of a database. */
@FunctionalInterface
public interface TypeLookup {

    /**
     * The types of these OIDs as they are now, and all types that they consist of, in any order; those that are gone
     * are missing.
     *
     * @param typeOids OIDs as unsigned numbers, at least one
     */
    Collection<TypeDescription> find(Collection<Long> typeOids);
}

package io.pgcdc.model;

import java.util.Objects;

/**
 * One published column of a table.
 *
 * @param name         the column's name
 * @param typeOid      the OID of its type, as an unsigned number
 * @param typeName     the type's name as {@code format_type} prints it, or {@code null} where it is not known yet
 * @param typeModifier the type's modifier ({@code atttypmod}), -1 where it has none
 * @param nullable     whether it may hold NULL; true where that is not known
 * @param identity     whether it is part of the table's key: of its replica identity, or of the primary key where the
 *                     replica identity is the whole row
 */
public record Column(String name, long typeOid, String typeName, int typeModifier, boolean nullable,
        boolean identity) {

    public Column {
        Objects.requireNonNull(name, "name");
    }
}

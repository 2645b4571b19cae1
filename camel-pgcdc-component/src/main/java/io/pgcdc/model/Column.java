package io.pgcdc.model;

import java.util.Objects;

/**
 * One published column of a table.
 *
 * @param name              the column's name
 * @param typeOid           the OID of its type, as an unsigned number
 * @param typeName          the type's name as {@code format_type} prints it, or {@code null} where it is not known yet
 * @param typeModifier      the type's modifier ({@code atttypmod}), -1 where it has none
 * @param nullable          whether it may hold NULL; true where that is not known
 * @param identity          whether it is part of the table's key: of its replica identity, or of the primary key where
 *                          the replica identity is the whole row
 * @param number            its number in the table ({@code attnum}), which it keeps under whatever name, and which no
 *                          other column of the table ever gets; 0 where it is not known
 * @param defaultExpression its default as an SQL expression, or {@code null} if it has none or that is not known
 * @param missingValue      the value that rows have which were there before the column, where PostgreSQL keeps it with
 *                          the column ({@code attmissingval}), as its text; {@code null} for NULL, after the table was
 *                          rewritten, and for types that are neither built in nor an enum. Not part of the shape: two
 *                          columns that differ in it alone are equal
 */
public record Column(String name, long typeOid, String typeName, int typeModifier, boolean nullable,
        boolean identity, int number, String defaultExpression, String missingValue) {

    public Column {
        Objects.requireNonNull(name, "name");
    }

    /** A column of which number and default are not known. */
    public Column(String name, long typeOid, String typeName, int typeModifier, boolean nullable, boolean identity) {
        this(name, typeOid, typeName, typeModifier, nullable, identity, 0, null);
    }

    /** A column of which no missing value is known. */
    public Column(String name, long typeOid, String typeName, int typeModifier, boolean nullable, boolean identity,
                  int number, String defaultExpression) {
        this(name, typeOid, typeName, typeModifier, nullable, identity, number, defaultExpression, null);
    }

    /** Whether type and type modifier are the same. */
    public boolean hasTypeOf(Column other) {
        return typeOid == other.typeOid && typeModifier == other.typeModifier;
    }

    /** Whether its type is known to be an array. */
    boolean isArray() {
        return typeName != null && typeName.endsWith("[]");
    }

    /** The same column as part of the table's key, or not. */
    public Column identity(boolean partOfKey) {
        return new Column(name, typeOid, typeName, typeModifier, nullable, partOfKey, number, defaultExpression, missingValue);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Column that && name.equals(that.name) && hasTypeOf(that)
                && Objects.equals(typeName, that.typeName) && nullable == that.nullable && identity == that.identity
                && number == that.number && Objects.equals(defaultExpression, that.defaultExpression);
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, typeOid, typeModifier, number);
    }
}

package io.pgcdc.routes.jdbc.dialect;

/** A column can't hold a value, which its message does not tell. */
public final class UnfitValueException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int column;

    /** @param column the number in the stage, 0 for {@code c0} */
    public UnfitValueException(int column, ColumnType type) {
        super("a value does not fit into " + type.sql());
        this.column = column;
    }

    public int column() {
        return column;
    }
}

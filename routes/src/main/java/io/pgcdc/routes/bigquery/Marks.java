package io.pgcdc.routes.bigquery;

import java.util.LinkedHashMap;
import java.util.Map;

import io.pgcdc.model.Position;

/**
 * What is kept with a view, as labels, so that a new start knows it.
 *
 * @param relation the number of the source's table in PostgreSQL's catalogue
 * @param begins   where the rows of the view's table begin: changes before this are not part of it any more
 * @param shape    where the source's table got the columns that the view shows
 */
record Marks(long relation, Position begins, Position shape) {

    static final Position ORIGIN = new Position(0, 0);

    private static final String RELATION = "pgcdc_relation";
    private static final String BEGINS = "pgcdc_begins";
    private static final String SHAPE = "pgcdc_shape";

    /** What the labels say, or {@code null} if they are not ours. */
    static Marks of(Map<String, String> labels) {
        if (labels == null || !labels.containsKey(RELATION) || !labels.containsKey(BEGINS)) {
            return null;
        }
        return new Marks(
                Long.parseLong(labels.get(RELATION)), position(labels.get(BEGINS)),
                position(labels.getOrDefault(SHAPE, labels.get(BEGINS))));
    }

    Map<String, String> ofTable() {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put(RELATION, Long.toString(relation));
        labels.put(BEGINS, text(begins));
        return labels;
    }

    Map<String, String> ofView() {
        Map<String, String> labels = ofTable();
        labels.put(SHAPE, text(shape));
        return labels;
    }

    Marks withShape(Position newShape) {
        return new Marks(relation, begins, newShape);
    }

    /** Labels have no slash. */
    private static String text(Position position) {
        return String.format("%016x_%016x", position.commitLsn(), position.ordinal());
    }

    private static Position position(String text) {
        int underscore = text.indexOf('_');
        return new Position(
                Long.parseUnsignedLong(text, 0, underscore, 16),
                Long.parseUnsignedLong(text, underscore + 1, text.length(), 16));
    }
}

package io.pgcdc.types;

/** In which Java types values are handed on (option {@code values}). */
public enum ValueStyle {
    /**
     * What every Camel component and every JSON library takes: String, Boolean, Integer, Long, Float, Double,
     * BigDecimal and List; temporals as ISO-8601 text, uuid as text, bytea as base64 text, json as its own text, NaN
     * and Infinity as text.
     */
    PORTABLE,
    /** Java's own types, as pgjdbc's {@code getObject} gives them: java.time, UUID, byte[]. */
    JAVA
}

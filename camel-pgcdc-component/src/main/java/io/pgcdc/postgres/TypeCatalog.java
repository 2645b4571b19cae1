package io.pgcdc.postgres;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

import io.pgcdc.types.TypeDescription;
import io.pgcdc.types.TypeDescription.Attribute;
import io.pgcdc.types.TypeDescription.Kind;

/** The query on the catalogue of types (PostgreSQL documentation, chapter "System Catalogs", "pg_type"). */
final class TypeCatalog {

    /**
     * A transaction's changes may be streamed a moment before it is visible to others; so who does not see a type waits
     * a little before it counts as dropped.
     */
    private static final Duration VISIBILITY = Duration.ofMillis(300);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** All types wanted, and in turn the elements of arrays, the base types of domains, the types of attributes. */
    private static final String SQL = """
            WITH RECURSIVE wanted (oid) AS (
              SELECT unnest(?::bigint[])::oid
              UNION
              SELECT part.oid FROM wanted w JOIN pg_type t ON t.oid = w.oid CROSS JOIN LATERAL (
                SELECT t.typelem WHERE t.typtype = 'b' AND t.typoutput = 'array_out'::regproc
                UNION ALL SELECT t.typbasetype WHERE t.typtype = 'd'
                UNION ALL SELECT a.atttypid FROM pg_attribute a
                  WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped) part (oid))
            SELECT t.oid::bigint, n.nspname::text, t.typname::text,
              CASE WHEN t.typtype = 'b' AND t.typoutput = 'array_out'::regproc THEN 'a' ELSE t.typtype END AS kind,
              CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.typelem END::bigint AS element,
              coalesce(e.typdelim, ',') AS delimiter, a.names, a.types, coalesce(a.lost, false) AS lost
            FROM wanted w JOIN pg_type t ON t.oid = w.oid JOIN pg_namespace n ON n.oid = t.typnamespace
            LEFT JOIN pg_type e ON e.oid = t.typelem
            LEFT JOIN LATERAL (
              SELECT array_agg(attname::text ORDER BY attnum) FILTER (WHERE NOT attisdropped) AS names,
                array_agg(atttypid::bigint ORDER BY attnum) FILTER (WHERE NOT attisdropped) AS types,
                bool_or(attisdropped) AS lost
              FROM pg_attribute WHERE t.typtype = 'c' AND attrelid = t.typrelid AND attnum > 0) a ON true""";

    private TypeCatalog() {
    }

    static List<TypeDescription> find(Connection connection, Collection<Long> oids) throws SQLException {
        long deadline = System.nanoTime() + VISIBILITY.toNanos();
        while (true) {
            List<TypeDescription> types = query(connection, oids);
            Set<Long> found = types.stream().map(TypeDescription::oid).collect(Collectors.toSet());
            if (found.containsAll(oids) || System.nanoTime() > deadline || Thread.currentThread().isInterrupted()) {
                return types;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private static List<TypeDescription> query(Connection connection, Collection<Long> oids) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SQL)) {
            statement.setArray(1, connection.createArrayOf("bigint", oids.toArray()));
            List<TypeDescription> types = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    kind(row.getString("kind").charAt(0), row, types);
                }
            }
            return types;
        }
    }

    private static void kind(char code, ResultSet row, List<TypeDescription> types) throws SQLException {
        Kind kind = switch (code) {
            case 'b' -> Kind.BASE;
            case 'e' -> Kind.ENUM;
            case 'd' -> Kind.DOMAIN;
            case 'c' -> Kind.COMPOSITE;
            case 'r' -> Kind.RANGE;
            case 'm' -> Kind.MULTIRANGE;
            case 'a' -> Kind.ARRAY;
            default -> null; // a pseudo-type, which no column has
        };
        if (kind != null) {
            types.add(new TypeDescription(
                    row.getLong(1), row.getString(2), row.getString(3), kind, row.getLong("element"),
                    row.getString("delimiter").charAt(0), attributes(row), row.getBoolean("lost")));
        }
    }

    private static List<Attribute> attributes(ResultSet row) throws SQLException {
        Array names = row.getArray("names");
        if (names == null) {
            return List.of();
        }
        String[] name = (String[]) names.getArray();
        Long[] type = (Long[]) row.getArray("types").getArray();
        List<Attribute> attributes = new ArrayList<>(name.length);
        for (int i = 0; i < name.length; i++) {
            attributes.add(new Attribute(name[i], type[i]));
        }
        return attributes;
    }
}

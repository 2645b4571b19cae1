package io.pgcdc.camel;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.pgcdc.model.Operation;
import io.pgcdc.testing.PostgresMajors;
import io.pgcdc.testing.TestDatabase;
import org.junit.jupiter.params.ParameterizedTest;

import static org.assertj.core.api.Assertions.assertThat;

class SessionSettingsIT {

    /** Every setting that the text of a value depends on, each to something else than it is with us. */
    private static final List<String> SETTINGS = List.of(
            "DateStyle = 'SQL, DMY'", "IntervalStyle = 'sql_standard'", "TimeZone = 'Asia/Kolkata'",
            "extra_float_digits = -15", "bytea_output = 'escape'", "client_encoding = 'LATIN1'",
            "quote_all_identifiers = on", "search_path = public, \"$user\"", "standard_conforming_strings = off",
            "xmlbinary = 'hex'", "xmloption = 'document'", "lc_monetary = 'C.UTF-8'", "array_nulls = off",
            "row_security = on", "default_transaction_isolation = 'serializable'");

    private static final String VALUES = """
            DEFAULT, '2026-03-04', '2026-03-04 05:06:07.5', '2026-03-04 05:06:07.5+00', '23:59:59+05:30',
            '1 year 2 months -3 days 04:05:06.7', 0.1, 0.30000000000000004, '\\x00ff', '1234567.89', 'größe €', 'pg_class',
            'public.t', '["2026-03-04 05:06:07+00",)', array[NULL, '2026-03-04 05:06:07+00'::timestamptz], '<a>é</a>',
            ('2026-03-04', '1 day', '\\x01')""";

    @ParameterizedTest
    @PostgresMajors
    void what_a_role_or_a_database_sets_changes_no_value(TestDatabase database) throws Exception {
        database.execute("CREATE TYPE trio AS (d date, i interval, b bytea)", """
                CREATE TABLE t (id serial PRIMARY KEY, d date, ts timestamp, tz timestamptz, tt timetz, i interval, f4 float4,
                  f8 float8, b bytea, m money, x text, c regclass, c2 regclass, r tstzrange, a timestamptz[], xml xml,
                  trio trio)""", "INSERT INTO t VALUES (" + VALUES + ")", "CREATE PUBLICATION mypub FOR TABLE t");
        String role = "settings_" + database.name();
        database.createUser(role, "secret", "REPLICATION SUPERUSER");
        for (String setting : SETTINGS) {
            String name = setting.substring(0, setting.indexOf(' '));
            database.execute("ALTER DATABASE \"" + database.name() + "\" SET " + setting,
                    "ALTER ROLE \"" + role + "\" SET " + name + " = " + setting.substring(setting.indexOf('=') + 1));
        }
        ReceivedRows rows = new ReceivedRows();
        try (RouteUnderTest route = RouteUnderTest.start(
                database, "username=" + role + "&password=secret", rows::take)) {
            route.awaitReady();
            database.execute("SET standard_conforming_strings = on; SET xmloption = content; INSERT INTO t VALUES ("
                             + VALUES + ")");
            route.awaitCaughtUp();
        }
        Map<String, Object> expected = new LinkedHashMap<>();
        expected.put("d", "2026-03-04");
        expected.put("ts", "2026-03-04T05:06:07.5");
        expected.put("tz", "2026-03-04T05:06:07.5Z");
        expected.put("tt", "23:59:59+05:30");
        expected.put("i", "P1Y2M-3DT4H5M6.7S");
        expected.put("f4", 0.1f);
        expected.put("f8", 0.30000000000000004);
        expected.put("b", "AP8=");
        expected.put("m", new BigDecimal("1234567.89"));
        expected.put("x", "größe €");
        expected.put("c", "pg_class");
        expected.put("c2", "public.t");
        expected.put("r", "[\"2026-03-04 05:06:07+00\",)");
        expected.put("a", java.util.Arrays.asList(null, "2026-03-04T05:06:07Z"));
        expected.put("xml", "<a>é</a>");
        expected.put("trio", Map.of("d", "2026-03-04", "i", "P1D", "b", "AQ=="));
        for (Operation operation : new Operation[] { Operation.READ, Operation.INSERT }) {
            List<Map<String, Object>> all = rows.of(operation, "t");
            assertThat(all).hasSize(1);
            all.get(0).remove("id");
            assertThat(all.get(0)).as(operation.toString()).isEqualTo(expected);
        }
    }
}

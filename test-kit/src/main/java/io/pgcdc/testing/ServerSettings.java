package io.pgcdc.testing;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** The settings that every server gets which the tests start themselves. */
final class ServerSettings {

    private static final Map<String, String> ALWAYS = Map.ofEntries(
            Map.entry("wal_level", "logical"),
            // A walsender decodes flushed WAL only: with off, a commit is seen after wal_writer_delay, not at once
            Map.entry("synchronous_commit", "on"),
            Map.entry("max_replication_slots", "60"),
            Map.entry("max_wal_senders", "60"),
            Map.entry("max_connections", "200"),
            Map.entry("max_prepared_transactions", "20"),
            // The data does not outlive the test
            Map.entry("fsync", "off"),
            Map.entry("timezone", "UTC"));

    private ServerSettings() {
    }

    /** The settings of every server, with those given added or put in their place; sorted by name. */
    static Map<String, String> with(Map<String, String> settings) {
        Map<String, String> merged = new TreeMap<>(ALWAYS);
        merged.putAll(settings);
        return Collections.unmodifiableMap(merged);
    }
}

package io.pgcdc.torture;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A choice that is never made is not tested. */
class VariantTest {

    @Test
    void twenty_seeds_have_every_value_of_every_option() {
        Set<String> options = LongStream.rangeClosed(1, 20).mapToObj(Variant::of)
                .flatMap(variant -> Arrays.stream(variant.options().split("&")))
                .collect(Collectors.toSet());

        assertThat(options).containsExactlyInAnyOrder(
                "tableSyncWorkers=1", "tableSyncWorkers=4", "copyConnectionsPerTable=1", "copyConnectionsPerTable=2",
                "copyRangeBytes=65536", "copyRangeBytes=33554432", "maxInFlight=50", "maxInFlight=1000", "maxInFlight=10000",
                "batching=true", "maxBatchSize=7", "maxBatchSize=100", "maxBatchSize=1000",
                "expressBacklogBytes=0", "expressBacklogBytes=65536", "streamTransactions=true");
    }
}

package io.rollcall.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Measures changes that many watchers get, each on its own connection, against the baseline. */
final class Watches {
    private static final int DELIVERIES_PER_SECOND = 5_000;
    private static final int[] WATCHERS = {100, 1_000};
    private static final int ROUNDS = 8;
    private static final Duration TIME = Duration.ofSeconds(8);

    private final Path certs;
    private final Path scratch;
    private final @Nullable Build baseline;

    Watches(Path certs, Path scratch, @Nullable Build baseline) {
        this.certs = certs;
        this.scratch = scratch;
        this.baseline = baseline;
    }

    Table measure() throws Exception {
        Table table = new Table(
                "Changes to watchers, " + DELIVERIES_PER_SECOND
                        + " deliveries a second, once the compiler has little to do; CPU of the server for each, and"
                        + " the median of " + ROUNDS + " ratios with their range",
                "watchers",
                "gateway µs",
                "gateway p99 ms",
                "µs to the baseline",
                "p99 to the baseline",
                "target");
        for (int watchers : WATCHERS) {
            measure(table, watchers);
        }
        return table;
    }

    private void measure(Table table, int watchers) throws Exception {
        Map<String, WatchedGateway> gateways = new LinkedHashMap<>();
        try {
            gateways.put(Build.THIS.name(), gateway(Build.THIS, watchers));
            if (baseline != null) {
                gateways.put(baseline.name(), gateway(baseline, watchers));
            }
            for (WatchedGateway gateway : gateways.values()) {
                gateway.warmUp();
            }
            Comparison cpu = new Comparison();
            Comparison latency = new Comparison();
            for (int round = 0; round < ROUNDS; round++) {
                Map<String, Comparison.Figure> costs = new LinkedHashMap<>();
                Map<String, Comparison.Figure> delays = new LinkedHashMap<>();
                gateways.forEach((name, gateway) -> {
                    costs.put(name, () -> gateway.measure(TIME));
                    delays.put(name, gateway::p99Millis);
                });
                cpu.round(costs);
                latency.round(delays);
            }
            table.row(
                    watchers,
                    cpu.median(Build.THIS.name()),
                    latency.median(Build.THIS.name()),
                    baseline == null ? "" : cpu.ratio(Build.THIS.name(), "baseline"),
                    baseline == null ? "" : latency.ratio(Build.THIS.name(), "baseline"),
                    "0.5");
        } finally {
            for (WatchedGateway gateway : gateways.values()) {
                gateway.close();
            }
        }
    }

    private WatchedGateway gateway(Build build, int watchers) throws IOException, InterruptedException {
        return new WatchedGateway(
                build,
                certs,
                Files.createTempDirectory(scratch, "watches"),
                Nodes.MAY_BE_SILENT,
                watchers,
                DELIVERIES_PER_SECOND / watchers);
    }
}

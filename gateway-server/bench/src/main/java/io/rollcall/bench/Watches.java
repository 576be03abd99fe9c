package io.rollcall.bench;

import io.rollcall.v1.WatchNodesResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Measures changes that many watchers get, each on its own connection. Beside the gateway: the baseline, a ceiling that
 * sends as many bytes, and etcd.
 */
final class Watches {
    private static final int DELIVERIES_PER_SECOND = 5_000;
    private static final int[] WATCHERS = {100, 1_000};
    private static final int ROUNDS = 6;
    private static final Duration TIME = Duration.ofSeconds(6);
    private static final String OURS = Build.THIS.name();
    private static final String BASELINE = "baseline";

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
                        + " deliveries a second, once the compiler has little to do; medians of " + ROUNDS
                        + " rounds, and of their ratios with their range",
                "server",
                "watchers",
                "CPU µs a delivery",
                "p99 ms",
                "gateway's CPU to it",
                "gateway's p99 to it",
                "targets");
        for (int watchers : WATCHERS) {
            measure(table, watchers);
        }
        if (!Etcd.isInstalled()) {
            table.row("etcd", "not installed", "", "", "", "", "");
        }
        return table;
    }

    private void measure(Table table, int watchers) throws Exception {
        Map<String, WatchedServer> servers = new LinkedHashMap<>();
        try {
            start(servers, new WatchedServer.Audience(watchers, DELIVERIES_PER_SECOND / watchers));
            for (WatchedServer server : servers.values()) {
                server.warmUp();
            }
            Comparison cpu = new Comparison();
            Comparison latency = new Comparison();
            Map<String, Comparison.Figure> figures = new LinkedHashMap<>();
            servers.forEach((name, server) -> figures.put(name, () -> {
                double micros = server.measure(TIME);
                latency.add(name, server.p99Millis());
                return micros;
            }));
            for (int round = 0; round < ROUNDS; round++) {
                cpu.round(figures);
            }
            for (String name : servers.keySet()) {
                table.row(
                        name,
                        watchers,
                        cpu.median(name),
                        latency.median(name),
                        name.equals(OURS) ? "" : cpu.ratio(OURS, name),
                        name.equals(OURS) ? "" : latency.ratio(OURS, name),
                        name.equals(BASELINE) ? "0.5, 0.5" : "");
            }
        } finally {
            for (WatchedServer server : servers.values()) {
                server.close();
            }
        }
    }

    private void start(Map<String, WatchedServer> servers, WatchedServer.Audience audience) throws Exception {
        WatchedServer ours = gateway(Build.THIS, audience);
        servers.put(OURS, ours);
        if (baseline != null) {
            servers.put(BASELINE, gateway(baseline, audience));
        }
        WatchNodesResponse message = GatewayWatching.message(certs, ours.port());
        servers.put("ceiling", CeilingWatching.start(certs, message, audience));
        if (Etcd.isInstalled()) {
            servers.put("etcd", EtcdWatching.start(certs, Files.createTempDirectory(scratch, "etcd"), audience));
        }
    }

    private WatchedServer gateway(Build build, WatchedServer.Audience audience) throws IOException {
        return GatewayWatching.start(
                build, certs, Files.createTempDirectory(scratch, "watches"), Nodes.MAY_BE_SILENT, audience);
    }
}

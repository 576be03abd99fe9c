package io.rollcall.bench;

import io.grpc.ManagedChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Measures heartbeats, as calls and on streams, against a ceiling and the baseline.
 *
 * <p>What the JIT compiles differs from process to process and scatters the figure by a fifth, so the processes are
 * started anew many times, with few rounds each.
 */
final class Heartbeats {
    private static final int STARTS = 12;
    private static final int ROUNDS_A_START = 2;
    private static final int HEARTBEAT_BYTES = 18;

    /** Less than elsewhere, for there are many starts. */
    private static final Duration MOST_WARM_UP = Duration.ofSeconds(20);

    private static final Duration WARM_UP = Duration.ofSeconds(1);
    private static final Duration TIME = Duration.ofSeconds(4);

    /** Ways to send heartbeats. */
    private enum Way {
        CALLS("Heartbeat, 4 × 16 in flight", "GatewayService/Heartbeat", 4, 16, "1.05"),
        STREAM("KeepAlive, 4 × 16 in flight", "rollcall.v1.GatewayService/KeepAlive", 4, 16, "1.05"),
        PACED("Heartbeat, 2,000 a second, 16 connections", "GatewayService/Heartbeat", 16, 0, "1.15");

        private static final int PER_SECOND = 2_000;

        private final String title;
        private final String method;
        private final int connections;
        private final int inFlight;
        private final String target;

        Way(String title, String method, int connections, int inFlight, String target) {
            this.title = title;
            this.method = method;
            this.connections = connections;
            this.inFlight = inFlight;
            this.target = target;
        }

        Load load(Nodes nodes) {
            List<ManagedChannel> channels = nodes.channels().subList(0, connections);
            return inFlight == 0
                    ? Load.paced(channels, method, Nodes::heartbeat, PER_SECOND)
                    : Load.closedLoop(channels, method, Nodes::heartbeat, inFlight);
        }
    }

    private final Path certs;
    private final Path scratch;
    private final @Nullable Build baseline;

    Heartbeats(Path certs, Path scratch, @Nullable Build baseline) {
        this.certs = certs;
        this.scratch = scratch;
        this.baseline = baseline;
    }

    Table measure() throws Exception {
        Table table = new Table(
                "Heartbeats; CPU of the server, and the median of " + STARTS * ROUNDS_A_START
                        + " ratios with their range",
                "",
                "gateway µs",
                "ceiling µs",
                "ratio to the ceiling",
                "target",
                "ratio to the baseline (1.03)");
        for (Way way : Way.values()) {
            Comparison comparison = new Comparison();
            for (int start = 0; start < STARTS; start++) {
                compare(way, comparison);
            }
            table.row(
                    way.title,
                    comparison.median(Build.THIS.name()),
                    comparison.median("ceiling"),
                    comparison.ratio(Build.THIS.name(), "ceiling"),
                    way.target,
                    baseline == null ? "" : comparison.ratio(Build.THIS.name(), "baseline"));
        }
        return table;
    }

    private void compare(Way way, Comparison comparison) throws Exception {
        Map<String, ServerProcess> started = new LinkedHashMap<>();
        Map<String, Nodes> nodes = new LinkedHashMap<>();
        try {
            started.put(Build.THIS.name(), gateway(Build.THIS));
            started.put("ceiling", ServerProcess.ceiling(certs, HEARTBEAT_BYTES));
            if (baseline != null) {
                started.put("baseline", gateway(baseline));
            }
            Map<String, Comparison.Figure> figures = new LinkedHashMap<>();
            for (Map.Entry<String, ServerProcess> server : started.entrySet()) {
                Nodes callers = new Nodes(certs, server.getValue().port(), way.connections);
                nodes.put(server.getKey(), callers);
                if (!server.getKey().equals("ceiling")) {
                    callers.register();
                }
                try (Load load = way.load(callers)) {
                    WarmUp.run(server.getValue(), load::run, MOST_WARM_UP);
                }
                figures.put(server.getKey(), () -> {
                    try (Load load = way.load(callers)) {
                        return load.cpuMicros(server.getValue(), WARM_UP, TIME);
                    }
                });
            }
            for (int round = 0; round < ROUNDS_A_START; round++) {
                comparison.round(figures);
            }
        } finally {
            for (Nodes callers : nodes.values()) {
                callers.close();
            }
            for (ServerProcess server : started.values()) {
                server.close();
            }
        }
    }

    private ServerProcess gateway(Build build) throws Exception {
        return ServerProcess.gateway(build, certs, Files.createTempDirectory(scratch, "heartbeats"), List.of());
    }
}

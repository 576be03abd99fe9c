package io.rollcall.bench;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCalls;
import io.rollcall.v1.GetNodesRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Measures lists of all nodes against a ceiling that answers as many bytes, and against the baseline. Meanwhile a
 * thousand nodes send a heartbeat every ten seconds, and one of them changes once a second.
 */
final class Lists {
    private static final String GET_NODES = "GatewayService/GetNodes";
    private static final int[] NODES = {1_000, 10_000};
    private static final int ROUNDS = 8;
    private static final int CONNECTIONS = 4;
    private static final int IN_FLIGHT = 4;
    private static final Duration WARM_UP = Duration.ofSeconds(1);
    private static final Duration TIME = Duration.ofSeconds(5);

    private final Path certs;
    private final Path scratch;
    private final @Nullable Build baseline;

    Lists(Path certs, Path scratch, @Nullable Build baseline) {
        this.certs = certs;
        this.scratch = scratch;
        this.baseline = baseline;
    }

    Table measure() throws Exception {
        Table table = new Table(
                "GetNodes of all nodes, while they send heartbeats and one changes a second; CPU of the server, and the"
                        + " median of " + ROUNDS + " ratios with their range",
                "nodes",
                "reply KiB",
                "gateway µs",
                "ceiling µs",
                "ratio to the ceiling",
                "target",
                "baseline to the ceiling");
        for (int nodes : NODES) {
            measure(table, nodes);
        }
        return table;
    }

    private void measure(Table table, int nodes) throws Exception {
        Map<String, Gateway> gateways = new LinkedHashMap<>();
        try {
            Gateway ours = new Gateway(Build.THIS, nodes);
            gateways.put(Build.THIS.name(), ours);
            // The store's format is this build's, so the baseline's nodes are registered over the network.
            if (baseline != null && nodes == Nodes.MOST) {
                gateways.put(baseline.name(), new Gateway(baseline, nodes));
            }
            int bytes = ours.replyBytes();
            try (ServerProcess ceiling = ServerProcess.ceiling(certs, bytes);
                    Nodes callers = new Nodes(certs, ceiling.port(), CONNECTIONS)) {
                Map<String, Comparison.Figure> servers = new LinkedHashMap<>();
                gateways.forEach((name, gateway) -> servers.put(name, () -> cpuMicros(gateway.server, gateway.nodes)));
                servers.put("ceiling", () -> cpuMicros(ceiling, callers));
                for (Gateway gateway : gateways.values()) {
                    warmUp(gateway.server, gateway.nodes);
                }
                warmUp(ceiling, callers);
                Comparison comparison = new Comparison();
                for (int round = 0; round < ROUNDS; round++) {
                    comparison.round(servers);
                }
                for (Gateway gateway : gateways.values()) {
                    gateway.requireSuccess();
                }
                table.row(
                        nodes,
                        bytes / 1024,
                        comparison.median(Build.THIS.name()),
                        comparison.median("ceiling"),
                        comparison.ratio(Build.THIS.name(), "ceiling"),
                        nodes == Nodes.MOST ? "1.5" : "1.6",
                        gateways.size() == 1 ? "" : comparison.ratio("baseline", "ceiling"));
            }
        } finally {
            for (Gateway gateway : gateways.values()) {
                gateway.close();
            }
        }
    }

    private static void warmUp(ServerProcess server, Nodes nodes) throws IOException, InterruptedException {
        try (Load load = load(nodes)) {
            WarmUp.run(server, load::run);
        }
    }

    private static double cpuMicros(ServerProcess server, Nodes nodes) throws IOException, InterruptedException {
        try (Load load = load(nodes)) {
            return load.cpuMicros(server, WARM_UP, TIME);
        }
    }

    private static Load load(Nodes nodes) {
        List<ManagedChannel> channels = nodes.channels().subList(0, CONNECTIONS);
        return Load.closedLoop(channels, GET_NODES, connection -> new byte[0], IN_FLIGHT);
    }

    /** A gateway with its nodes. */
    private final class Gateway implements AutoCloseable {
        private final ServerProcess server;
        private final Nodes nodes;
        private final Load heartbeats;
        private final ScheduledExecutorService changes = Executors.newSingleThreadScheduledExecutor();

        Gateway(Build build, int count) throws IOException, InterruptedException {
            Path dataDir = Files.createTempDirectory(scratch, "lists");
            if (count > Nodes.MOST) {
                FilledStore.make(dataDir, count);
            }
            List<String> options = new ArrayList<>(Nodes.MAY_BE_SILENT);
            options.addAll(List.of("--quota-nodes", "100000", "--quota-changes", "10000000"));
            options.addAll(List.of("--quota-reads", "10000000", "--quota-unread", "1GiB"));
            server = ServerProcess.gateway(build, certs, dataDir, options);
            nodes = new Nodes(certs, server.port(), Nodes.MOST);
            nodes.register();
            heartbeats = Load.paced(nodes.channels(), "GatewayService/Heartbeat", Nodes::heartbeat, 100);
            AtomicInteger turn = new AtomicInteger();
            var unused = changes.scheduleAtFixedRate(() -> change(turn.incrementAndGet()), 1, 1, TimeUnit.SECONDS);
        }

        private void change(int turn) {
            var unused = nodes.stub(1)
                    .registerNode(Nodes.registration(1, "turn-" + turn)
                            .setNodesLimit(0)
                            .build());
        }

        /** Returns the length of the list. */
        int replyBytes() {
            return ClientCalls.blockingUnaryCall(
                    nodes.channels().get(0),
                    RawMethod.of(GET_NODES, RawMethod.LENGTH),
                    CallOptions.DEFAULT,
                    GetNodesRequest.getDefaultInstance().toByteArray());
        }

        void requireSuccess() throws IOException {
            heartbeats.requireSuccess();
        }

        @Override
        public void close() throws IOException {
            changes.shutdownNow();
            heartbeats.close();
            nodes.close();
            server.close();
        }
    }
}

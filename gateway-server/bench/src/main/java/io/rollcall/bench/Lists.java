package io.rollcall.bench;

import io.grpc.CallOptions;
import io.grpc.stub.ClientCalls;
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
 * Measures lists of all nodes, asked for or in the answer to a registration, against a ceiling that answers as many bytes,
 * and against the baseline. Meanwhile a thousand nodes send a heartbeat every ten seconds, and one of them changes once a
 * second.
 */
final class Lists {
    private static final String GET_NODES = "GatewayService/GetNodes";
    private static final String REGISTER_NODE = "GatewayService/RegisterNode";
    private static final int ROUNDS = 8;
    private static final int CONNECTIONS = 4;
    private static final int IN_FLIGHT = 4;
    private static final Duration WARM_UP = Duration.ofSeconds(1);
    private static final Duration TIME = Duration.ofSeconds(5);

    /**
     * A list.
     *
     * @param method which answers with it
     * @param requests of the nodes that call
     * @param nodes how many are registered
     * @param target of the ratio to the ceiling
     */
    private record Case(String method, Load.Requests requests, int nodes, double target) {
        String call() {
            return method.substring(method.indexOf('/') + 1);
        }

        void warmUp(ServerProcess server, Nodes callers) throws IOException, InterruptedException {
            try (Load load = load(callers)) {
                WarmUp.run(server, load::run);
            }
        }

        double cpuMicros(ServerProcess server, Nodes callers) throws IOException, InterruptedException {
            try (Load load = load(callers)) {
                return load.cpuMicros(server, WARM_UP, TIME);
            }
        }

        private Load load(Nodes callers) {
            return Load.closedLoop(callers.channels().subList(0, CONNECTIONS), method, requests, IN_FLIGHT);
        }
    }

    /** A repeated registration changes nothing, so that its cost is the list's. */
    private static final List<Case> CASES = List.of(
            new Case(GET_NODES, connection -> new byte[0], 1_000, 1.5),
            new Case(GET_NODES, connection -> new byte[0], 10_000, 1.6),
            new Case(REGISTER_NODE, Nodes::repeated, 1_000, 1.5));

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
                "Lists of all nodes, while they send heartbeats and one changes a second; CPU of the server, and the median"
                        + " of " + ROUNDS + " ratios with their range",
                "call",
                "nodes",
                "reply KiB",
                "gateway µs",
                "ceiling µs",
                "ratio to the ceiling",
                "target",
                "baseline to the ceiling");
        for (Case list : CASES) {
            measure(table, list);
        }
        return table;
    }

    private void measure(Table table, Case list) throws Exception {
        Map<String, Gateway> gateways = new LinkedHashMap<>();
        try {
            Gateway ours = new Gateway(Build.THIS, list.nodes);
            gateways.put(Build.THIS.name(), ours);
            // The store's format is this build's, so the baseline's nodes are registered over the network.
            if (baseline != null && list.nodes == Nodes.MOST) {
                gateways.put(baseline.name(), new Gateway(baseline, list.nodes));
            }
            int bytes = ours.replyBytes(list);
            try (ServerProcess ceiling = ServerProcess.ceiling(certs, bytes);
                    Nodes callers = new Nodes(certs, ceiling.port(), CONNECTIONS)) {
                Map<String, Comparison.Figure> servers = new LinkedHashMap<>();
                gateways.forEach(
                        (name, gateway) -> servers.put(name, () -> list.cpuMicros(gateway.server, gateway.nodes)));
                servers.put("ceiling", () -> list.cpuMicros(ceiling, callers));
                for (Gateway gateway : gateways.values()) {
                    list.warmUp(gateway.server, gateway.nodes);
                }
                list.warmUp(ceiling, callers);
                Comparison comparison = new Comparison();
                for (int round = 0; round < ROUNDS; round++) {
                    comparison.round(servers);
                }
                for (Gateway gateway : gateways.values()) {
                    gateway.requireSuccess();
                }
                table.row(
                        list.call(),
                        list.nodes,
                        bytes / 1024,
                        comparison.median(Build.THIS.name()),
                        comparison.median("ceiling"),
                        comparison.ratio(Build.THIS.name(), "ceiling"),
                        list.target,
                        gateways.size() == 1 ? "" : comparison.ratio("baseline", "ceiling"));
            }
        } finally {
            for (Gateway gateway : gateways.values()) {
                gateway.close();
            }
        }
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
            options.addAll(build.unlimitedChanges());
            options.addAll(List.of("--quota-nodes", "100000", "--quota-reads", "10000000", "--quota-unread", "1GiB"));
            server = ServerProcess.gateway(build, certs, dataDir, options);
            nodes = new Nodes(certs, server.port(), Nodes.MOST);
            nodes.register();
            heartbeats = Load.paced(nodes.channels(), "GatewayService/Heartbeat", Nodes::heartbeat, 100);
            AtomicInteger turn = new AtomicInteger();
            var unused = changes.scheduleAtFixedRate(() -> change(turn.incrementAndGet()), 1, 1, TimeUnit.SECONDS);
        }

        private void change(int turn) {
            var unused = nodes.stub(Nodes.MOST) // none of the callers
                    .registerNode(Nodes.registration(Nodes.MOST, "turn-" + turn)
                            .setNodesLimit(0)
                            .build());
        }

        int replyBytes(Case list) {
            return ClientCalls.blockingUnaryCall(
                    nodes.channels().get(0),
                    RawMethod.of(list.method, RawMethod.LENGTH),
                    CallOptions.DEFAULT,
                    list.requests.of(0));
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

package io.rollcall.bench;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import io.grpc.ManagedChannel;
import io.rollcall.v1.GatewayServiceGrpc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Measures acknowledged registrations a second: a number of nodes, each on its own connection, each registering a new
 * session as soon as the previous one is acknowledged. Beside the gateway: the baseline, and etcd on the same disk.
 */
final class Registrations {
    private static final int ROUNDS = 8;
    private static final Duration TIME = Duration.ofSeconds(4);
    private static final String OURS = "gateway";
    private static final String IN_MEMORY = "gateway, in memory";

    /**
     * How many nodes register at once.
     *
     * @param rate at least so many times etcd's
     * @param cpu at most such a part of etcd's
     */
    private record Crowd(int nodes, double rate, double cpu) {}

    private static final List<Crowd> CROWDS =
            List.of(new Crowd(1, 2, 0.6), new Crowd(32, 6, 0.2), new Crowd(256, 8, 0.15));
    private static final int MOST = 256;

    private final Path certs;
    private final Path scratch;
    private final @Nullable Build baseline;

    /** @param scratch the directory of the servers' files */
    Registrations(Path certs, Path scratch, @Nullable Build baseline) {
        this.certs = certs;
        this.scratch = scratch;
        this.baseline = baseline;
    }

    /** A new session of the node. */
    static final Registering IN_GATEWAY = (channel, node) -> GatewayServiceGrpc.newFutureStub(channel)
            .registerNode(Nodes.registration(node)
                    .setIncarnation(System.nanoTime() | 1)
                    .setNodesLimit(0)
                    .build());

    /** Registers a node in some server. */
    interface Registering {
        /** @return done when the server has acknowledged it */
        ListenableFuture<?> register(ManagedChannel channel, int node);
    }

    /** A server, and the connections of its nodes. */
    record Peer(ServerProcess server, Nodes nodes, Registering how) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            nodes.close();
            server.close();
        }
    }

    Table measure() throws Exception {
        Table table = new Table(
                "Registrations, each acknowledged before the node's next, once the compiler has little to do; medians of "
                        + ROUNDS + " rounds, and of their ratios with their range",
                "server",
                "nodes at once",
                "per second",
                "server CPU µs each",
                "gateway's rate to it",
                "gateway's CPU to it",
                "targets");
        Map<String, Peer> peers = new LinkedHashMap<>();
        try {
            start(peers);
            for (Peer peer : peers.values()) {
                WarmUp.run(peer.server, time -> run(peer, 32, time));
            }
            for (Crowd crowd : CROWDS) {
                compare(peers, crowd, table);
            }
        } finally {
            for (Peer peer : peers.values()) {
                peer.close();
            }
        }
        if (!Etcd.isInstalled()) {
            table.row("etcd", "not installed", "", "", "", "", "");
        }
        return table;
    }

    private void start(Map<String, Peer> peers) throws Exception {
        peers.put(OURS, gateway(Build.THIS, "sqlite"));
        if (baseline != null) {
            peers.put("baseline", gateway(baseline, "sqlite"));
        }
        if (Etcd.isInstalled()) {
            ServerProcess etcd = Etcd.start(certs, Files.createTempDirectory(scratch, "etcd"));
            peers.put("etcd", new Peer(etcd, Nodes.withoutTokens(certs, etcd.port(), MOST), new Etcd()));
        }
        peers.put(IN_MEMORY, gateway(Build.THIS, "memory"));
    }

    private Peer gateway(Build build, String store) throws Exception {
        List<String> options = new ArrayList<>(List.of("--store", store));
        options.addAll(build.unlimitedChanges());
        ServerProcess gateway =
                ServerProcess.gateway(build, certs, Files.createTempDirectory(scratch, "registrations"), options);
        return new Peer(gateway, new Nodes(certs, gateway.port(), MOST), IN_GATEWAY);
    }

    private void compare(Map<String, Peer> peers, Crowd crowd, Table table) throws Exception {
        Comparison rates = new Comparison();
        Comparison cpu = new Comparison();
        Map<String, Comparison.Figure> figures = new LinkedHashMap<>();
        peers.forEach((name, peer) -> figures.put(name, () -> {
            long before = peer.server.cpuMicros();
            Run run = run(peer, crowd.nodes, TIME);
            cpu.add(name, (double) (peer.server.cpuMicros() - before) / run.acknowledged());
            return run.perSecond();
        }));
        for (int round = 0; round < ROUNDS; round++) {
            rates.round(figures);
        }
        for (String name : peers.keySet()) {
            table.row(
                    name,
                    crowd.nodes,
                    Math.round(rates.median(name)),
                    cpu.median(name),
                    name.equals(OURS) ? "" : rates.ratio(OURS, name),
                    name.equals(OURS) ? "" : cpu.ratio(OURS, name),
                    name.equals("etcd") ? crowd.rate + ", " + crowd.cpu : "");
        }
    }

    static Run run(Peer peer, int nodes, Duration time) throws IOException, InterruptedException {
        Run run = new Run(peer, time, nodes);
        for (int node = 1; node <= nodes; node++) {
            run.next(node);
        }
        run.running.await();
        run.ended = System.nanoTime();
        Throwable failed = run.failure.get();
        if (failed != null) {
            throw new IOException("a registration failed: " + failed, failed);
        }
        return run;
    }

    /** A run with a number of nodes for a fixed time. */
    static final class Run {
        private final Peer peer;
        private final Duration time;
        private final LongAdder acknowledged = new LongAdder();
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        private final CountDownLatch running;
        private final long started = System.nanoTime();
        private long ended;

        Run(Peer peer, Duration time, int nodes) {
            this.peer = peer;
            this.time = time;
            this.running = new CountDownLatch(nodes);
        }

        void next(int node) {
            if (System.nanoTime() - started > time.toNanos() || failure.get() != null) {
                running.countDown();
                return;
            }
            FutureCallback<Object> whenDone = new FutureCallback<>() {
                @Override
                public void onSuccess(@Nullable Object reply) {
                    acknowledged.increment();
                    next(node);
                }

                @Override
                public void onFailure(Throwable e) {
                    failure.compareAndSet(null, e);
                    running.countDown();
                }
            };
            ManagedChannel channel = peer.nodes.channels().get(node - 1);
            Futures.addCallback(peer.how.register(channel, node), whenDone, MoreExecutors.directExecutor());
        }

        long acknowledged() {
            return acknowledged.sum();
        }

        double perSecond() {
            return acknowledged() / ((ended - started) / 1e9);
        }
    }
}

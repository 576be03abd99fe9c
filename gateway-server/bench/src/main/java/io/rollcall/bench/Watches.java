package io.rollcall.bench;

import io.grpc.stub.StreamObserver;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.WatchChange;
import io.rollcall.v1.WatchNodesRequest;
import io.rollcall.v1.WatchNodesResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Measures changes that many watchers get, each on its own connection, against the baseline. */
final class Watches {
    private static final int DELIVERIES_PER_SECOND = 5_000;
    private static final int[] WATCHERS = {100, 1_000};
    private static final int ROUNDS = 8;
    private static final int PUBLISHERS = 64;
    private static final Duration JIT = Duration.ofSeconds(40);
    private static final Duration WARM_UP = Duration.ofSeconds(1);
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
                        + " deliveries a second; CPU of the server for each, and the" + " median of " + ROUNDS
                        + " ratios with their range",
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
        Map<String, Gateway> gateways = new LinkedHashMap<>();
        try {
            gateways.put(Build.THIS.name(), new Gateway(Build.THIS, watchers));
            if (baseline != null) {
                gateways.put(baseline.name(), new Gateway(baseline, watchers));
            }
            for (Gateway gateway : gateways.values()) {
                gateway.measure(JIT);
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
            for (Gateway gateway : gateways.values()) {
                gateway.close();
            }
        }
    }

    /** A gateway with its watchers. The change's metadata says when it was sent. */
    private final class Gateway implements AutoCloseable {
        private final ServerProcess server;
        private final Nodes nodes;
        private final int perSecond;
        private final Queue<Long> delays = new ConcurrentLinkedQueue<>();
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        private double p99Millis;

        Gateway(Build build, int watchers) throws IOException, InterruptedException {
            perSecond = DELIVERIES_PER_SECOND / watchers;
            server = ServerProcess.gateway(
                    build,
                    certs,
                    Files.createTempDirectory(scratch, "watches"),
                    List.of("--node-timeout", "1h", "--heartbeat-interval", "1m", "--quota-changes", "10000000"));
            nodes = new Nodes(certs, server.port(), Math.max(watchers, PUBLISHERS));
            nodes.register();
            CountDownLatch snapshots = new CountDownLatch(watchers);
            for (int id = 1; id <= watchers; id++) {
                GatewayServiceGrpc.newStub(nodes.channels().get(id - 1))
                        .watchNodes(WatchNodesRequest.getDefaultInstance(), new Watcher(snapshots));
            }
            if (!snapshots.await(1, TimeUnit.MINUTES)) {
                throw new IOException("not all watchers got a snapshot within a minute");
            }
        }

        /** Returns the processor time of each delivery, in microseconds. */
        double measure(Duration time) throws IOException, InterruptedException {
            ScheduledExecutorService publisher = Executors.newSingleThreadScheduledExecutor();
            try {
                int[] turn = {0};
                var unused = publisher.scheduleAtFixedRate(
                        () -> publish(turn[0]++ % PUBLISHERS + 1),
                        0,
                        TimeUnit.SECONDS.toMicros(1) / perSecond,
                        TimeUnit.MICROSECONDS);
                Thread.sleep(WARM_UP.toMillis());
                delays.clear();
                long cpu = server.cpuMicros();
                Thread.sleep(time.toMillis());
                cpu = server.cpuMicros() - cpu;
                List<Long> sorted = delays.stream().sorted().toList();
                Throwable failed = failure.get();
                if (failed != null || sorted.isEmpty()) {
                    throw new IOException("the watchers got no changes", failed);
                }
                p99Millis = sorted.get((int) (sorted.size() * 0.99)) / 1e6;
                return (double) cpu / sorted.size();
            } finally {
                publisher.shutdownNow();
            }
        }

        /** Returns the 99th percentile of the last measurement: from the change's call to its delivery. */
        double p99Millis() {
            return p99Millis;
        }

        private void publish(int node) {
            var unused = nodes.stub(node)
                    .registerNode(Nodes.registration(node, Long.toString(System.nanoTime()))
                            .setNodesLimit(0)
                            .build());
        }

        /** Notes how late each change is. */
        private final class Watcher implements StreamObserver<WatchNodesResponse> {
            private final CountDownLatch snapshots;

            Watcher(CountDownLatch snapshots) {
                this.snapshots = snapshots;
            }

            @Override
            public void onNext(WatchNodesResponse event) {
                if (event.getSnapshot().getComplete()) {
                    snapshots.countDown();
                }
                for (WatchChange change : event.getChanges().getChangesList()) {
                    delays.add(
                            System.nanoTime() - Long.parseLong(change.getNode().getMetadataOrDefault("rack", "0")));
                }
            }

            @Override
            public void onError(Throwable e) {
                failure.compareAndSet(null, e);
            }

            @Override
            public void onCompleted() {
                failure.compareAndSet(null, new IOException("a watch ended"));
            }
        }

        @Override
        public void close() throws IOException {
            nodes.close();
            server.close();
        }
    }
}

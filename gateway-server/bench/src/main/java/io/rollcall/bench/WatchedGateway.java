package io.rollcall.bench;

import io.grpc.stub.StreamObserver;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.RegisterNodeRequest;
import io.rollcall.v1.RegisterNodeResponse;
import io.rollcall.v1.WatchChange;
import io.rollcall.v1.WatchNodesRequest;
import io.rollcall.v1.WatchNodesResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A gateway with watchers, each on its own connection, which follow from its revision on. The metadata of a change says
 * when it was sent.
 */
final class WatchedGateway implements AutoCloseable {
    private static final int PUBLISHERS = 64;
    private static final Duration WARM_UP = Duration.ofSeconds(1);

    private final ServerProcess server;
    private final Nodes nodes;
    private final int perSecond;
    private final Queue<Long> delays = new ConcurrentLinkedQueue<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private double p99Millis;

    /** @param perSecond changes */
    WatchedGateway(Build build, Path certs, Path dataDir, List<String> options, int watchers, int perSecond)
            throws IOException, InterruptedException {
        this.perSecond = perSecond;
        List<String> all = new ArrayList<>(List.of("--quota-changes", "10000000"));
        all.addAll(options);
        server = ServerProcess.gateway(build, certs, dataDir, all);
        nodes = new Nodes(certs, server.port(), Math.max(watchers, PUBLISHERS));
        nodes.register();
        WatchNodesRequest following = following();
        for (int id = 1; id <= watchers; id++) {
            GatewayServiceGrpc.newStub(nodes.channels().get(id - 1)).watchNodes(following, new Watcher());
        }
    }

    private WatchNodesRequest following() {
        RegisterNodeRequest again = Nodes.registration(1, "r1").setNodesLimit(0).build();
        RegisterNodeResponse now =
                GatewayServiceGrpc.newBlockingStub(nodes.channels().get(0)).registerNode(again);
        return WatchNodesRequest.newBuilder()
                .setAfterRevision(now.getRevision())
                .setRegistryId(now.getRegistryId())
                .setBranch(now.getBranch())
                .build();
    }

    /** Publishes until the compiler has little to do. */
    void warmUp() throws IOException, InterruptedException {
        WarmUp.run(server, this::measure);
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
        @Override
        public void onNext(WatchNodesResponse event) {
            for (WatchChange change : event.getChanges().getChangesList()) {
                delays.add(System.nanoTime() - Long.parseLong(change.getNode().getMetadataOrDefault("rack", "0")));
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

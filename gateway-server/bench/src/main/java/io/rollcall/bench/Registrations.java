package io.rollcall.bench;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.MoreExecutors;
import io.grpc.ManagedChannel;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.GatewayServiceGrpc.GatewayServiceFutureStub;
import io.rollcall.v1.RegisterNodeRequest;
import io.rollcall.v1.RegisterNodeResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Measures acknowledged registrations per second: a number of nodes, each on its own connection, each registering a new
 * session as soon as the previous one is acknowledged.
 */
final class Registrations {
    private static final int[] NODES = {1, 32, 256};
    private static final Duration WARM_UP = Duration.ofSeconds(10);

    private final Path certs;
    private final Path scratch;
    private final Duration measured;

    /** @param scratch the directory of the gateway's files */
    Registrations(Path certs, Path scratch, Duration measured) {
        this.certs = certs;
        this.scratch = scratch;
        this.measured = measured;
    }

    Table measure() throws Exception {
        Table table = new Table(
                "Registrations, each acknowledged before the node's next",
                "store",
                "nodes",
                "per second",
                "p50 ms",
                "p99 ms",
                "gateway CPU µs each");
        for (String store : List.of("sqlite", "memory")) {
            Path dataDir = Files.createTempDirectory(scratch, "registrations");
            try (ServerProcess gateway = ServerProcess.gateway(
                    certs,
                    dataDir,
                    List.of("--store", store, "--quota-changes", "10000000", "--quota-member-changes", "10000000"))) {
                new Round(gateway, 32, WARM_UP).run();
                for (int nodes : NODES) {
                    Round round = new Round(gateway, nodes, measured);
                    long cpu = gateway.cpuMicros();
                    round.run();
                    cpu = gateway.cpuMicros() - cpu;
                    long[] micros = round.sortedMicros();
                    table.row(
                            store,
                            nodes,
                            Math.round(micros.length / round.seconds()),
                            micros[micros.length / 2] / 1e3,
                            micros[(int) (micros.length * 0.99)] / 1e3,
                            (double) cpu / micros.length);
                }
            }
        }
        return table;
    }

    /** A run with a number of nodes for a fixed time. */
    private final class Round {
        private final ServerProcess gateway;
        private final int nodes;
        private final Duration time;
        private final ConcurrentLinkedQueue<Long> micros = new ConcurrentLinkedQueue<>();
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        private final CountDownLatch running;
        private long started;
        private long ended;

        Round(ServerProcess gateway, int nodes, Duration time) {
            this.gateway = gateway;
            this.nodes = nodes;
            this.time = time;
            this.running = new CountDownLatch(nodes);
        }

        void run() throws IOException, InterruptedException {
            List<ManagedChannel> channels = new ArrayList<>();
            for (int id = 1; id <= nodes; id++) {
                channels.add(Channels.open(certs, Nodes.NAMESPACE, id, gateway.port()));
            }
            started = System.nanoTime();
            for (int id = 1; id <= nodes; id++) {
                next(GatewayServiceGrpc.newFutureStub(channels.get(id - 1)), id);
            }
            running.await();
            ended = System.nanoTime();
            for (ManagedChannel channel : channels) {
                channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
            }
            Throwable failed = failure.get();
            if (failed != null) {
                throw new IOException("a registration failed", failed);
            }
        }

        private void next(GatewayServiceFutureStub node, int id) {
            long sent = System.nanoTime();
            if (sent - started > time.toNanos() || failure.get() != null) {
                running.countDown();
                return;
            }
            RegisterNodeRequest request = RegisterNodeRequest.newBuilder()
                    .setNodeId(id)
                    .setIpAddress("10.20.30.40")
                    .setPort(5000)
                    .addCapabilities("raft")
                    .putMetadata("zone", "eu-1a")
                    .setIncarnation(sent | 1)
                    .setNodesLimit(0)
                    .build();
            FutureCallback<RegisterNodeResponse> whenDone = new FutureCallback<>() {
                @Override
                public void onSuccess(@Nullable RegisterNodeResponse reply) {
                    micros.add((System.nanoTime() - sent) / 1_000);
                    next(node, id);
                }

                @Override
                public void onFailure(Throwable e) {
                    failure.compareAndSet(null, e);
                    running.countDown();
                }
            };
            Futures.addCallback(node.registerNode(request), whenDone, MoreExecutors.directExecutor());
        }

        double seconds() {
            return (ended - started) / 1e9;
        }

        long[] sortedMicros() {
            long[] sorted = micros.stream().mapToLong(Long::longValue).toArray();
            Arrays.sort(sorted);
            return sorted;
        }
    }
}

package io.rollcall.bench;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import io.grpc.ManagedChannel;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.GatewayServiceGrpc.GatewayServiceFutureStub;
import io.rollcall.v1.GetNodesRequest;
import io.rollcall.v1.RegisterNodeRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Simulates a flooding tenant in a separate process: 64 connections, each with 16 calls in flight, alternating lists
 * and registrations, repeated at once whatever the answer.
 */
final class Flooder {
    private static final int CONNECTIONS = 64;
    private static final int CALLS_AT_ONCE = 16;

    private final long end;
    private final AtomicLong calls = new AtomicLong();
    private final AtomicLong incarnations = new AtomicLong(System.nanoTime()); // other ones than of the flood before

    private Flooder(Duration time) {
        this.end = System.nanoTime() + time.toNanos();
    }

    /** @param arguments the directory of certificates, the gateway's port, and the duration in seconds */
    public static void main(String[] arguments) throws Exception {
        List<ManagedChannel> channels = new ArrayList<>();
        for (int node = 1; node <= CONNECTIONS; node++) {
            channels.add(Channels.open(Path.of(arguments[0]), Nodes.NAMESPACE, node, Integer.parseInt(arguments[1])));
        }
        Flooder flooder = new Flooder(Duration.ofSeconds(Long.parseLong(arguments[2])));
        for (int node = 1; node <= CONNECTIONS; node++) {
            GatewayServiceFutureStub stub = GatewayServiceGrpc.newFutureStub(channels.get(node - 1));
            for (int call = 0; call < CALLS_AT_ONCE; call++) {
                flooder.next(stub, node, call);
            }
        }
        Thread.sleep(Math.max(0, TimeUnit.NANOSECONDS.toMillis(flooder.end - System.nanoTime())));
        for (ManagedChannel channel : channels) {
            channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
        }
        System.out.println(flooder.calls.get());
    }

    private void next(GatewayServiceFutureStub stub, int node, int turn) {
        if (System.nanoTime() - end > 0) {
            return;
        }
        ListenableFuture<?> call = turn % 2 == 0
                ? stub.getNodes(GetNodesRequest.getDefaultInstance())
                : stub.registerNode(RegisterNodeRequest.newBuilder()
                        .setNodeId(node)
                        .setIpAddress("10.20.30.40")
                        .setPort(5000)
                        .setIncarnation(incarnations.incrementAndGet())
                        .build());
        call.addListener(
                () -> {
                    calls.incrementAndGet();
                    next(stub, node, turn + 1);
                },
                MoreExecutors.directExecutor());
    }
}

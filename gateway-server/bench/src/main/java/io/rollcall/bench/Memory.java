package io.rollcall.bench;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.GatewayServiceGrpc.GatewayServiceBlockingStub;
import io.rollcall.v1.GetNodesRequest;
import io.rollcall.v1.GetNodesResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Measures the live heap that a registered node takes, after one list of all, and an idle connection, beside the ceiling's. */
final class Memory {
    private static final int[] NODES = {100_000, 1_000_000};
    private static final int PAGE = 10_000;

    /** Opened before, so that the JDK's cache of the last 750 parsed certificates is full and does not count. */
    private static final int FIRST_CONNECTIONS = 780;

    private static final MethodDescriptor<byte[], Integer> HEALTH_CHECK =
            RawMethod.of("GatewayService/HealthCheck", RawMethod.LENGTH);

    private final Path certs;
    private final Path scratch;

    Memory(Path certs, Path scratch) {
        this.certs = certs;
        this.scratch = scratch;
    }

    Table measure() throws Exception {
        Table table = new Table(
                "Live heap, after a full collection; a node has two capabilities and three entries of metadata, its encoded"
                        + " entry included",
                "of",
                "number",
                "bytes each",
                "target");
        long empty = afterAList(0);
        for (int nodes : NODES) {
            table.row("registered nodes", nodes, (afterAList(nodes) - empty) / nodes, "460");
        }
        table.row("idle connections", Nodes.MOST, connection(), "10,000");
        return table.row("idle connections of the ceiling", Nodes.MOST, ceilingsConnection(), "");
    }

    private long afterAList(int nodes) throws IOException, InterruptedException {
        Path dataDir = Files.createTempDirectory(scratch, "memory");
        if (nodes > 0) {
            FilledStore.make(dataDir, nodes);
        }
        try (ServerProcess gateway = ServerProcess.gateway(certs, dataDir, FilledStore.OPTIONS);
                Nodes caller = new Nodes(certs, gateway.port(), 1)) {
            GatewayServiceBlockingStub stub =
                    GatewayServiceGrpc.newBlockingStub(caller.channels().get(0));
            String page = "";
            int listed = 0;
            do {
                GetNodesResponse reply = stub.getNodes(GetNodesRequest.newBuilder()
                        .setPageSize(PAGE)
                        .setPageToken(page)
                        .build());
                listed += reply.getNodesCount();
                page = reply.getNextPageToken();
            } while (!page.isEmpty());
            if (listed != nodes) {
                throw new IOException(listed + " of " + nodes + " nodes were listed");
            }
            return gateway.liveHeapBytes();
        }
    }

    private long connection() throws IOException, InterruptedException {
        Path dataDir = Files.createTempDirectory(scratch, "memory");
        try (ServerProcess gateway = ServerProcess.gateway(certs, dataDir, List.of())) {
            return connection(gateway);
        }
    }

    /** The part of gRPC, netty and TLS, which no gateway on them can do without. */
    private long ceilingsConnection() throws IOException, InterruptedException {
        try (ServerProcess ceiling = ServerProcess.ceiling(certs, 1)) {
            return connection(ceiling);
        }
    }

    private long connection(ServerProcess server) throws IOException, InterruptedException {
        long few = withConnections(server, FIRST_CONNECTIONS);
        long all = withConnections(server, Nodes.MOST);
        return (all - few) / (Nodes.MOST - FIRST_CONNECTIONS);
    }

    private long withConnections(ServerProcess server, int count) throws IOException, InterruptedException {
        try (Nodes nodes = new Nodes(certs, server.port(), count)) {
            for (ManagedChannel channel : nodes.channels()) {
                ClientCalls.blockingUnaryCall(channel, HEALTH_CHECK, CallOptions.DEFAULT, new byte[0]);
            }
            return server.liveHeapBytes();
        }
    }
}

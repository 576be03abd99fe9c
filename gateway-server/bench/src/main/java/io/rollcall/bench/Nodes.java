package io.rollcall.bench;

import io.grpc.ManagedChannel;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.GatewayServiceGrpc.GatewayServiceFutureStub;
import io.rollcall.v1.HeartbeatRequest;
import io.rollcall.v1.RegisterNodeRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Nodes 1 to n of the namespace {@value #NAMESPACE}, each with its own connection and credentials. */
final class Nodes implements AutoCloseable {
    static final String NAMESPACE = "bench";

    /** As many as have development certificates. */
    static final int MOST = 1_000;

    /** The entry of a node's metadata that differs between nodes, and changes. */
    static final String RACK = "rack";

    /** Options of a gateway which suspects no node of them while it is measured, though most send no heartbeat. */
    static final List<String> MAY_BE_SILENT = List.of("--node-timeout", "1d", "--heartbeat-interval", "1h");

    private static final int AT_ONCE = 32;
    private static final long INCARNATION = 1;

    private final List<ManagedChannel> channels = new ArrayList<>();

    Nodes(Path certs, int port, int count) throws IOException {
        this(count, id -> Channels.open(certs, NAMESPACE, id, port));
    }

    private Nodes(int count, Opening opening) throws IOException {
        for (int id = 1; id <= count; id++) {
            channels.add(opening.open(id));
        }
    }

    /** Nodes that another server knows by their certificates. */
    static Nodes withoutTokens(Path certs, int port, int count) throws IOException {
        return new Nodes(count, id -> Channels.openWithoutToken(certs, NAMESPACE, id, port));
    }

    private interface Opening {
        ManagedChannel open(int id) throws IOException;
    }

    /** Returns the connections, that of node 1 first. */
    List<ManagedChannel> channels() {
        return channels;
    }

    GatewayServiceFutureStub stub(int node) {
        return GatewayServiceGrpc.newFutureStub(channels.get(node - 1));
    }

    /** Registers all of them in a gateway. */
    void register() throws IOException, InterruptedException {
        register((channel, id) ->
                stub(id).registerNode(registration(id).setNodesLimit(0).build()));
    }

    /** Registers all of them in some server. */
    void register(Registrations.Registering how) throws IOException, InterruptedException {
        List<Future<?>> open = new ArrayList<>();
        for (int id = 1; id <= channels.size(); id++) {
            open.add(how.register(channels.get(id - 1), id));
            if (open.size() == AT_ONCE || id == channels.size()) {
                for (Future<?> one : open) {
                    await(one);
                }
                open.clear();
            }
        }
    }

    static void await(Future<?> reply) throws IOException, InterruptedException {
        try {
            reply.get();
        } catch (ExecutionException e) {
            throw new IOException("a call failed", e);
        }
    }

    static RegisterNodeRequest.Builder registration(int id) {
        return registration(id, "r" + id % 40);
    }

    /** A node with two capabilities and three entries of metadata. */
    static RegisterNodeRequest.Builder registration(int id, String rack) {
        return RegisterNodeRequest.newBuilder()
                .setNodeId(id)
                .setIpAddress("10.20." + id / 256 + "." + id % 256)
                .setPort(5000)
                .addCapabilities("raft")
                .addCapabilities("gossip")
                .putMetadata("zone", "eu-1a")
                .putMetadata("version", "1.4.2")
                .putMetadata(RACK, rack)
                .setIncarnation(INCARNATION);
    }

    /**
     * Repeats the registration by {@link #register()}; the answer lists all other nodes.
     *
     * @param connection from 0
     */
    static byte[] repeated(int connection) {
        return registration(connection + 1).build().toByteArray();
    }

    /** @param connection from 0 */
    static byte[] heartbeat(int connection) {
        return HeartbeatRequest.newBuilder()
                .setNodeId(connection + 1)
                .setIncarnation(INCARNATION)
                .build()
                .toByteArray();
    }

    @Override
    public void close() {
        channels.forEach(ManagedChannel::shutdownNow);
        try {
            for (ManagedChannel channel : channels) {
                channel.awaitTermination(10, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.rollcall.bench;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.ManagedChannel;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.GetLeaderRequest;
import io.rollcall.v1.GetLeaderResponse;
import io.rollcall.v1.WatchNodesRequest;
import io.rollcall.v1.WatchNodesResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Watches a gateway's nodes. */
final class GatewayWatching implements WatchedServer.Watching {
    static WatchedServer start(
            Build build, Path certs, Path dataDir, List<String> options, WatchedServer.Audience audience)
            throws IOException {
        List<String> all = new ArrayList<>(List.of("--quota-changes", "10000000", "--quota-reads", "10000000"));
        all.addAll(options);
        ServerProcess gateway = ServerProcess.gateway(build, certs, dataDir, all);
        Nodes nodes = new Nodes(certs, gateway.port(), audience.connections());
        return new WatchedServer(gateway, nodes, new GatewayWatching(), audience);
    }

    /** Returns a message with one change as the gateway sends it, while nobody else changes anything. */
    static WatchNodesResponse message(Path certs, int port) throws IOException, InterruptedException {
        GatewayWatching watching = new GatewayWatching();
        try (Nodes nodes = new Nodes(certs, port, 1)) {
            ManagedChannel channel = nodes.channels().get(0);
            Nodes.await(watching.publish(channel, 1, Deliveries.now()));
            WatchNodesRequest following = following(channel);
            Nodes.await(watching.publish(channel, 1, Deliveries.now()));
            return GatewayServiceGrpc.newBlockingStub(channel)
                    .watchNodes(following)
                    .next();
        }
    }

    @Override
    public ListenableFuture<?> publish(ManagedChannel channel, int node, String rack) {
        return GatewayServiceGrpc.newFutureStub(channel)
                .registerNode(Nodes.registration(node, rack).setNodesLimit(0).build());
    }

    @Override
    public void follow(ManagedChannel channel, Deliveries deliveries) {
        GatewayServiceGrpc.newStub(channel).watchNodes(following(channel), deliveries.watcher(GatewayWatching::racks));
    }

    static List<String> racks(WatchNodesResponse message) {
        return message.getChanges().getChangesList().stream()
                .map(change -> change.getNode().getMetadataOrDefault(Nodes.RACK, ""))
                .toList();
    }

    /** Asks for the changes after the present revision. */
    private static WatchNodesRequest following(ManagedChannel channel) {
        GetLeaderResponse now =
                GatewayServiceGrpc.newBlockingStub(channel).getLeader(GetLeaderRequest.getDefaultInstance());
        return WatchNodesRequest.newBuilder()
                .setAfterRevision(now.getRevision())
                .setRegistryId(now.getRegistryId())
                .setBranch(now.getBranch())
                .build();
    }
}

package io.rollcall.bench;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.rollcall.v1.WatchNodesResponse;
import java.io.IOException;
import java.nio.file.Path;

/** Watches the {@link CeilingServer}, to which publishers send what a gateway would make of their registrations. */
final class CeilingWatching implements WatchedServer.Watching {
    private static final MethodDescriptor<byte[], byte[]> PUBLISH =
            RawMethod.of(CeilingServer.PUBLISH, RawMethod.BYTES);
    private static final MethodDescriptor<byte[], byte[]> WATCH = RawMethod.of(CeilingServer.WATCH, RawMethod.BYTES);

    private final WatchNodesResponse message;

    private CeilingWatching(WatchNodesResponse message) {
        this.message = message;
    }

    /** @param message a gateway's, with one change */
    static WatchedServer start(Path certs, WatchNodesResponse message, WatchedServer.Audience audience)
            throws IOException {
        ServerProcess ceiling = ServerProcess.ceiling(certs, 0);
        Nodes nodes = new Nodes(certs, ceiling.port(), audience.connections());
        return new WatchedServer(ceiling, nodes, new CeilingWatching(message), audience);
    }

    @Override
    public ListenableFuture<?> publish(ManagedChannel channel, int node, String rack) {
        WatchNodesResponse.Builder change = message.toBuilder();
        change.getChangesBuilder().getChangesBuilder(0).getNodeBuilder().putMetadata(Nodes.RACK, rack);
        return ClientCalls.futureUnaryCall(
                channel.newCall(PUBLISH, CallOptions.DEFAULT), change.build().toByteArray());
    }

    @Override
    public void follow(ManagedChannel channel, Deliveries deliveries) {
        var unused = ClientCalls.asyncBidiStreamingCall(
                channel.newCall(WATCH, CallOptions.DEFAULT),
                deliveries.<byte[]>watcher(bytes -> GatewayWatching.racks(WatchNodesResponse.parseFrom(bytes))));
    }
}

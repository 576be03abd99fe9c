package io.rollcall.bench;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.rollcall.v1.RegisterNodeRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Watches the keys of nodes in etcd. */
final class EtcdWatching implements WatchedServer.Watching {
    private static final long NO_LEASE = 0;

    static WatchedServer start(Path certs, Path dataDir, WatchedServer.Audience audience) throws IOException {
        ServerProcess etcd = Etcd.start(certs, dataDir);
        Nodes nodes = Nodes.withoutTokens(certs, etcd.port(), audience.connections());
        return new WatchedServer(etcd, nodes, new EtcdWatching(), audience);
    }

    @Override
    public ListenableFuture<?> publish(ManagedChannel channel, int node, String rack) {
        return Etcd.put(channel, Nodes.registration(node, rack).build(), NO_LEASE);
    }

    @Override
    public void follow(ManagedChannel channel, Deliveries deliveries) {
        Etcd.watch(channel, deliveries.watcher(EtcdWatching::racks));
    }

    private static List<String> racks(byte[] message) throws IOException {
        List<String> racks = new ArrayList<>();
        for (ByteString value : EtcdCalls.changedValues(message)) {
            racks.add(RegisterNodeRequest.parseFrom(value).getMetadataOrDefault(Nodes.RACK, ""));
        }
        return racks;
    }
}

package io.rollcall.server.watch;

import io.grpc.stub.ServerCallStreamObserver;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.registry.NamespaceState;
import io.rollcall.server.registry.Node;
import io.rollcall.server.registry.Registry;
import io.rollcall.server.registry.RegistryMessages;
import io.rollcall.server.registry.Step;
import io.rollcall.v1.NodeInfo;
import io.rollcall.v1.WatchChange;
import io.rollcall.v1.WatchChanges;
import io.rollcall.v1.WatchNodesResponse;
import io.rollcall.v1.WatchProgress;
import io.rollcall.v1.WatchResync;
import io.rollcall.v1.WatchSnapshot;
import java.util.Iterator;
import java.util.List;

/**
 * A watcher's stream on the wire. A message is full at 64 KiB or 500 entries, and holds at least one: so a watcher that
 * does not read leaves little behind, and one with the usual limit of 4 MiB can read it all.
 */
final class WatchMessages implements Outlet {
    private static final int MOST_ENTRIES = 500;
    private static final int FULL_BYTES = 64 << 10;

    private final ServerCallStreamObserver<WatchNodesResponse> stream;
    private final RegistryMessages messages;
    private final NamespaceName namespace;
    private final Registry registry;

    WatchMessages(
            ServerCallStreamObserver<WatchNodesResponse> stream,
            RegistryMessages messages,
            NamespaceName namespace,
            Registry registry) {
        this.stream = stream;
        this.messages = messages;
        this.namespace = namespace;
        this.registry = registry;
    }

    @Override
    public boolean isReady() {
        return stream.isReady();
    }

    @Override
    public void resync(String reason, NamespaceState next) {
        stream.onNext(
                at(next).setResync(WatchResync.newBuilder().setReason(reason)).build());
    }

    @Override
    public void snapshot(NamespaceState of, Iterator<Node> rest) {
        WatchSnapshot.Builder part = WatchSnapshot.newBuilder();
        int bytes = 0;
        while (rest.hasNext() && part.getNodesCount() < MOST_ENTRIES && bytes < FULL_BYTES) {
            NodeInfo node = messages.node(namespace, rest.next());
            bytes += node.getSerializedSize();
            part.addNodes(node);
        }
        part.setLeader(messages.leader(of.leader()))
                .setBootstrap(messages.bootstrap(of.bootstrap()))
                .setComplete(!rest.hasNext());
        stream.onNext(at(of).setSnapshot(part).build());
    }

    @Override
    public Step changes(List<Step> steps) {
        WatchChanges.Builder changes = WatchChanges.newBuilder();
        int bytes = 0;
        Step last = steps.get(0);
        for (Step step : steps) {
            if (bytes >= FULL_BYTES || changes.getChangesCount() == MOST_ENTRIES) {
                break;
            }
            WatchChange change = messages.change(namespace, step.change());
            bytes += change.getSerializedSize();
            changes.addChanges(change);
            last = step;
        }
        stream.onNext(at(last.revision(), last.epoch(), branchOf(last.revision()))
                .setChanges(changes)
                .build());
        return last;
    }

    @Override
    public void progress(NamespaceState now) {
        stream.onNext(at(now).setProgress(WatchProgress.getDefaultInstance()).build());
    }

    @Override
    public void refuse(RefusedException why) {
        stream.onError(why);
    }

    private WatchNodesResponse.Builder at(NamespaceState state) {
        return at(state.revision(), state.bootstrap().epoch(), state.branch());
    }

    /** A change is told only when it is in the state that all see. */
    private long branchOf(long revision) {
        return registry.find(namespace).map(it -> it.state().branchOf(revision)).orElse(0L);
    }

    private WatchNodesResponse.Builder at(long revision, long epoch, long branch) {
        return WatchNodesResponse.newBuilder()
                .setRevision(revision)
                .setEpoch(epoch)
                .setRegistryId(registry.id())
                .setBranch(branch);
    }
}

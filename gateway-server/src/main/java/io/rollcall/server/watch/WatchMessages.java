package io.rollcall.server.watch;

import io.grpc.stub.ServerCallStreamObserver;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.registry.LogEntry;
import io.rollcall.server.registry.NamespaceState;
import io.rollcall.server.registry.Node;
import io.rollcall.server.registry.Registry;
import io.rollcall.server.registry.grpc.RegistryMessages;
import io.rollcall.server.registry.grpc.ReplyEnvelope;
import io.rollcall.v1.NodeInfo;
import io.rollcall.v1.WatchChange;
import io.rollcall.v1.WatchChanges;
import io.rollcall.v1.WatchNodesResponse;
import io.rollcall.v1.WatchProgress;
import io.rollcall.v1.WatchResync;
import io.rollcall.v1.WatchSnapshot;
import java.util.List;
import java.util.OptionalInt;

/**
 * Writes a watcher's stream as protobuf messages. A message is full at {@value #FULL_BYTES} bytes or {@value
 * #MOST_ENTRIES} entries, and holds at least one: so a watcher that does not read costs little memory, and one with the
 * usual limit of 4 MiB can read every message. The first message is smaller: only after it was sent is it known that
 * the watcher reads at all.
 */
final class WatchMessages implements WatchSink {
    private static final int MOST_ENTRIES = 500;
    private static final int FULL_BYTES = 16 << 10;
    private static final int FULL_BYTES_AT_FIRST = 2 << 10;

    private final ServerCallStreamObserver<WatchNodesResponse> stream;
    private final RegistryMessages messages;
    private final ReplyEnvelope envelope;
    private final NamespaceName namespace;
    private final Registry registry;
    private boolean isFirst = true;

    WatchMessages(
            ServerCallStreamObserver<WatchNodesResponse> stream,
            RegistryMessages messages,
            ReplyEnvelope envelope,
            NamespaceName namespace,
            Registry registry) {
        this.stream = stream;
        this.messages = messages;
        this.envelope = envelope;
        this.namespace = namespace;
        this.registry = registry;
    }

    @Override
    public boolean isReady() {
        return stream.isReady();
    }

    @Override
    public void resync(String reason, NamespaceState next) {
        send(at(next).setResync(WatchResync.newBuilder().setReason(reason)));
    }

    @Override
    public OptionalInt snapshot(NamespaceState of, int after) {
        WatchSnapshot.Builder part = WatchSnapshot.newBuilder();
        int bytes = 0;
        int last = after;
        boolean isComplete = true;
        for (Node next : (after == 0 ? of.nodes() : of.nodes().tailMap(NodeId.of(after), false)).values()) {
            NodeInfo node = messages.node(namespace, next);
            int more = node.getSerializedSize();
            boolean isFull = bytes + more > fullBytes() || part.getNodesCount() == MOST_ENTRIES;
            if (isFull && (isFirst || part.getNodesCount() > 0)) {
                isComplete = false;
                break;
            }
            bytes += more;
            part.addNodes(node);
            last = next.id().value();
        }
        part.setLeader(messages.leader(of.leader()))
                .setBootstrap(messages.bootstrap(of.bootstrap()))
                .setComplete(isComplete);
        send(at(of).setSnapshot(part));
        return isComplete ? OptionalInt.empty() : OptionalInt.of(last);
    }

    @Override
    public LogEntry changes(List<LogEntry> entries) {
        WatchChanges.Builder changes = WatchChanges.newBuilder();
        int bytes = 0;
        LogEntry last = entries.get(0);
        for (LogEntry entry : entries) {
            WatchChange change = messages.change(namespace, entry.change());
            bytes += change.getSerializedSize();
            if (changes.getChangesCount() > 0 && (bytes > fullBytes() || changes.getChangesCount() == MOST_ENTRIES)) {
                break;
            }
            changes.addChanges(change);
            last = entry;
        }
        send(envelope.at(WatchNodesResponse.newBuilder(), last.revision(), last.epoch(), branchOf(last.revision()))
                .setChanges(changes));
        return last;
    }

    @Override
    public void progress(NamespaceState now) {
        send(at(now).setProgress(WatchProgress.getDefaultInstance()));
    }

    @Override
    public void refuse(RefusedException why) {
        stream.onError(why);
    }

    private int fullBytes() {
        return isFirst ? FULL_BYTES_AT_FIRST : FULL_BYTES;
    }

    private void send(WatchNodesResponse.Builder message) {
        isFirst = false;
        stream.onNext(message.build());
    }

    private WatchNodesResponse.Builder at(NamespaceState state) {
        return envelope.on(WatchNodesResponse.newBuilder(), state);
    }

    /** Changes are sent only after they are in the visible state. */
    private long branchOf(long revision) {
        return registry.find(namespace).map(it -> it.state().branchOf(revision)).orElse(0L);
    }
}

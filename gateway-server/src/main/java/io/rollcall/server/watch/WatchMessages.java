package io.rollcall.server.watch;

import io.grpc.stub.ServerCallStreamObserver;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.registry.LogEntry;
import io.rollcall.server.registry.NamespaceState;
import io.rollcall.server.registry.Registry;
import io.rollcall.server.registry.grpc.EncodedEntries;
import io.rollcall.server.registry.grpc.EncodedReply;
import io.rollcall.server.registry.grpc.NodeLists;
import io.rollcall.server.registry.grpc.RegistryMessages;
import io.rollcall.server.registry.grpc.ReplyEnvelope;
import io.rollcall.v1.WatchChanges;
import io.rollcall.v1.WatchNodesResponse;
import io.rollcall.v1.WatchProgress;
import io.rollcall.v1.WatchResync;
import io.rollcall.v1.WatchSnapshot;
import java.util.List;
import java.util.OptionalInt;

/**
 * Writes a watcher's stream as protobuf messages. A message is full at {@value #FULL_BYTES} bytes,
 * and holds at least one entry: so a watcher that does not read costs little memory, and one with the usual limit of
 * 4 MiB can read every message. The first message is smaller: only after it was sent is it known that the watcher reads
 * at all.
 */
final class WatchMessages implements WatchSink {
    private static final int FULL_BYTES = 16 << 10;
    private static final int FULL_BYTES_AT_FIRST = 2 << 10;

    private final ServerCallStreamObserver<EncodedReply> stream;
    private final Shared shared;
    private final NamespaceName namespace;
    private boolean isFirst = true;

    WatchMessages(ServerCallStreamObserver<EncodedReply> stream, Shared shared, NamespaceName namespace) {
        this.stream = stream;
        this.shared = shared;
        this.namespace = namespace;
    }

    /** What the streams of all watchers share. */
    record Shared(
            Registry registry,
            RegistryMessages messages,
            NodeLists lists,
            ChangeMessages changes,
            ReplyEnvelope envelope) {}

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
        NodeLists.Part part = shared.lists.part(namespace, of.nodes(), after, fullBytes(), isFirst);
        WatchSnapshot others = WatchSnapshot.newBuilder()
                .setLeader(shared.messages.leader(of.leader()))
                .setBootstrap(shared.messages.bootstrap(of.bootstrap()))
                .setComplete(part.isComplete())
                .build();
        send(EncodedReply.of(at(of).build(), WatchNodesResponse.SNAPSHOT_FIELD_NUMBER, others, part.entries()));
        return part.isComplete() ? OptionalInt.empty() : OptionalInt.of(part.lastId());
    }

    @Override
    public LogEntry changes(List<LogEntry> entries) {
        EncodedEntries changes = new EncodedEntries();
        LogEntry last = entries.get(0);
        for (LogEntry entry : entries) {
            byte[] change = shared.changes.encoded(namespace, entry);
            if (changes.size() > 0 && changes.size() + change.length > fullBytes()) {
                break;
            }
            changes.add(change, 0, change.length);
            last = entry;
        }
        WatchNodesResponse others = shared.envelope
                .at(WatchNodesResponse.newBuilder(), last.revision(), last.epoch(), branchOf(last.revision()))
                .build();
        send(EncodedReply.of(
                others, WatchNodesResponse.CHANGES_FIELD_NUMBER, WatchChanges.getDefaultInstance(), changes));
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
        send(EncodedReply.of(message.build()));
    }

    private void send(EncodedReply message) {
        isFirst = false;
        stream.onNext(message);
    }

    private WatchNodesResponse.Builder at(NamespaceState state) {
        return shared.envelope.on(WatchNodesResponse.newBuilder(), state);
    }

    /** Changes are sent only after they are in the visible state. */
    private long branchOf(long revision) {
        return shared.registry
                .find(namespace)
                .map(it -> it.state().branchOf(revision))
                .orElse(0L);
    }
}

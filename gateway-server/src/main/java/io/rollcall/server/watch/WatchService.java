package io.rollcall.server.watch;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.identity.Caller;
import io.rollcall.server.identity.grpc.CurrentCall;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.registry.LeaseKeeper;
import io.rollcall.server.registry.LostBranches;
import io.rollcall.server.registry.NamespaceState;
import io.rollcall.server.registry.Registry;
import io.rollcall.server.registry.grpc.EncodedReply;
import io.rollcall.server.registry.grpc.NodeLists;
import io.rollcall.server.registry.grpc.RegistryMessages;
import io.rollcall.server.registry.grpc.ReplyEnvelope;
import io.rollcall.v1.WatchNodesRequest;
import java.time.Clock;
import java.util.function.LongSupplier;

/** Serves WatchNodes. Thread-safe; the caller comes from the current gRPC context. */
public final class WatchService {
    private final Registry registry;
    private final Feed feed;
    private final LostBranches lost;
    private final WatchMessages.Shared shared;

    /** @param nanos the monotonic clock */
    public WatchService(
            Registry registry, Feed feed, LostBranches lost, LeaseKeeper leases, Clock clock, LongSupplier nanos) {
        this.registry = registry;
        this.feed = feed;
        this.lost = lost;
        RegistryMessages messages = new RegistryMessages(leases, clock);
        this.shared = new WatchMessages.Shared(
                registry,
                messages,
                new NodeLists(messages, nanos),
                new ChangeMessages(messages, nanos),
                new ReplyEnvelope(registry.id()));
    }

    /** Starts a stream and returns at once; it runs until the watcher ends it or the gateway closes. */
    public void watchNodes(WatchNodesRequest request, StreamObserver<EncodedReply> reply) {
        Caller caller = CurrentCall.caller();
        NamespaceName namespace = caller.namespace();
        ResumePoint from = resumePoint(request, namespace, caller);
        ServerCallStreamObserver<EncodedReply> stream = (ServerCallStreamObserver<EncodedReply>) reply;
        Subscription subscription = feed.subscribe(namespace, from, new WatchMessages(stream, shared, namespace));
        stream.setOnCancelHandler(subscription::end);
        stream.setOnCloseHandler(subscription::end); // also ended when its credentials end
        stream.setOnReadyHandler(subscription::wake);
        subscription.wake();
    }

    private ResumePoint resumePoint(WatchNodesRequest request, NamespaceName namespace, Caller caller) {
        if (!request.hasAfterRevision()) {
            return ResumePoint.snapshot();
        }
        if (request.getAfterRevision() < 0) {
            throw Refusal.BAD_FIELD.because("after_revision: " + request.getAfterRevision() + " (expected: 0 or more)");
        }
        NamespaceState state = registry.of(namespace).state();
        boolean isThisRegistry = request.getRegistryId().equals(registry.id());
        if (isThisRegistry && !lost.isOurs(namespace, state, request.getBranch(), request.getAfterRevision(), caller)) {
            return ResumePoint.resync("revision " + request.getAfterRevision() + " is not on the branch that was told");
        }
        return ResumePoint.resume(request.getAfterRevision(), request.getRegistryId(), state.revision(), registry.id());
    }
}

package io.rollcall.server.watch;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.identity.Caller;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.registry.LeaseKeeper;
import io.rollcall.server.registry.Registry;
import io.rollcall.server.registry.RegistryMessages;
import io.rollcall.v1.WatchNodesRequest;
import io.rollcall.v1.WatchNodesResponse;
import java.time.Clock;

/** WatchNodes on the wire. Thread-safe; the caller is the current one. */
public final class WatchService {
    private final Registry registry;
    private final Feed feed;
    private final RegistryMessages messages;

    public WatchService(Registry registry, Feed feed, LeaseKeeper leases, Clock clock) {
        this.registry = registry;
        this.feed = feed;
        this.messages = new RegistryMessages(leases, clock);
    }

    /** Returns at once; the stream goes on until the watcher ends it or the gateway closes. */
    public void watchNodes(WatchNodesRequest request, StreamObserver<WatchNodesResponse> reply) {
        NamespaceName namespace = Caller.current().namespace();
        Start start = start(request, registry.of(namespace).state().revision());
        ServerCallStreamObserver<WatchNodesResponse> stream = (ServerCallStreamObserver<WatchNodesResponse>) reply;
        Subscription subscription =
                feed.subscribe(namespace, start, new WatchMessages(stream, messages, namespace, registry.id()));
        stream.setOnCancelHandler(subscription::end);
        stream.setOnCloseHandler(subscription::end); // ended from outside, when its credentials are
        stream.setOnReadyHandler(subscription::wake);
        subscription.wake();
    }

    private Start start(WatchNodesRequest request, long current) {
        if (!request.hasAfterRevision()) {
            return Start.snapshot();
        }
        if (request.getAfterRevision() < 0) {
            throw Refusal.BAD_FIELD.because("after_revision: " + request.getAfterRevision() + " (expected: 0 or more)");
        }
        return Start.resume(request.getAfterRevision(), request.getRegistryId(), current, registry.id());
    }
}

package io.rollcall.server.liveness;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.rollcall.server.failure.Replies;
import io.rollcall.server.identity.Caller;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.registry.Registry;
import io.rollcall.v1.HeartbeatRequest;
import io.rollcall.v1.HeartbeatResponse;

/**
 * Heartbeat and KeepAlive on the wire. The hot path: it looks up a lease and touches one number; it waits for nobody.
 * Thread-safe; the caller is the current one.
 */
public final class HeartbeatService {
    private final Leases leases;
    private final HeartbeatMessages messages;

    /** @param duplicates told of sessions that beat though they were replaced */
    public HeartbeatService(Registry registry, Leases leases, DuplicateNodes duplicates) {
        this.leases = leases;
        this.messages = new HeartbeatMessages(registry, duplicates);
    }

    public void heartbeat(HeartbeatRequest request, StreamObserver<HeartbeatResponse> reply) {
        Caller caller = Caller.current();
        NodeId id = HeartbeatMessages.sender(caller, request);
        boolean isAlive = leases.beat(caller.namespace(), id, request.getIncarnation());
        Replies.send(
                reply,
                isAlive
                        ? messages.acknowledged(caller.namespace())
                        : messages.notFound(caller.namespace(), id, request.getIncarnation()));
    }

    /** Opens a stream of heartbeats; see {@link KeepAliveService}. */
    public StreamObserver<HeartbeatRequest> keepAlive(StreamObserver<HeartbeatResponse> reply) {
        return KeepAliveService.open(
                Caller.current(), leases, messages, (ServerCallStreamObserver<HeartbeatResponse>) reply);
    }
}

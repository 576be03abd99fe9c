package io.rollcall.server.liveness;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.rollcall.server.failure.Replies;
import io.rollcall.server.identity.Caller;
import io.rollcall.server.identity.grpc.CurrentCall;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.registry.Registry;
import io.rollcall.v1.HeartbeatRequest;
import io.rollcall.v1.HeartbeatResponse;
import java.util.concurrent.Executor;

/**
 * Serves Heartbeat and KeepAlive. The hot path: it looks up a lease and updates one number; it never blocks. A
 * heartbeat for a lease whose expiry is being committed is answered when the outcome is known. Thread-safe; the caller
 * comes from the current gRPC context.
 */
public final class HeartbeatService {
    private final Leases leases;
    private final HeartbeatMessages messages;
    private final Executor late;

    /**
     * @param duplicates notified of heartbeats of replaced sessions
     * @param late answers heartbeats that had to wait
     */
    public HeartbeatService(Registry registry, Leases leases, DuplicateNodes duplicates, Executor late) {
        this.leases = leases;
        this.messages = new HeartbeatMessages(registry, duplicates);
        this.late = late;
    }

    public void heartbeat(HeartbeatRequest request, StreamObserver<HeartbeatResponse> reply) {
        Caller caller = CurrentCall.caller();
        NodeId id = NodeId.of(request.getNodeId());
        NamespaceName namespace = caller.namespace();
        long now = leases.now();
        Lease lease = leases.find(namespace, id, request.getIncarnation());
        Lease.Beat beat = lease == null ? Lease.Beat.TOO_LATE : lease.beat(now);
        if (lease != null && beat == Lease.Beat.WAITS) {
            Replies.send(
                    reply,
                    lease.await(now),
                    counts -> messages.answer(namespace, id, request.getIncarnation(), counts),
                    late);
            return;
        }
        Replies.send(reply, messages.answer(namespace, id, request.getIncarnation(), beat == Lease.Beat.COUNTS));
    }

    /** Opens a stream of heartbeats; see {@link KeepAliveService}. */
    public StreamObserver<HeartbeatRequest> keepAlive(StreamObserver<HeartbeatResponse> reply) {
        return KeepAliveService.open(
                CurrentCall.caller(), leases, messages, (ServerCallStreamObserver<HeartbeatResponse>) reply, late);
    }
}

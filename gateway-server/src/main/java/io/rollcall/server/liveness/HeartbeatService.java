package io.rollcall.server.liveness;

import io.grpc.stub.StreamObserver;
import io.rollcall.server.access.Access;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.Replies;
import io.rollcall.server.identity.Caller;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.registry.Ending;
import io.rollcall.server.registry.NamespaceState;
import io.rollcall.server.registry.Registry;
import io.rollcall.v1.HeartbeatRequest;
import io.rollcall.v1.HeartbeatResponse;
import io.rollcall.v1.SessionEnd;

/**
 * Heartbeat on the wire. The hot path: it looks up a lease and touches one number; it waits for nobody. Thread-safe;
 * the caller is the current one.
 */
public final class HeartbeatService {
    private final Registry registry;
    private final Leases leases;

    public HeartbeatService(Registry registry, Leases leases) {
        this.registry = registry;
        this.leases = leases;
    }

    public void heartbeat(HeartbeatRequest request, StreamObserver<HeartbeatResponse> reply) {
        Caller caller = Caller.current();
        if (request.getNodeId() < 1) {
            throw Refusal.BAD_FIELD.because(
                    "node_id: " + request.getNodeId() + " (expected: 1.." + Integer.MAX_VALUE + ")");
        }
        NodeId id = NodeId.of(request.getNodeId());
        Access.requireSelf(caller, id);
        boolean isAlive = leases.beat(caller.namespace(), id, request.getIncarnation());
        NamespaceState state = registry.of(caller.namespace()).state();
        HeartbeatResponse.Builder response = HeartbeatResponse.newBuilder()
                .setStatus(isAlive ? "acknowledged" : "not_found")
                .setRegistryVersion((int) Math.min(Integer.MAX_VALUE, state.revision()))
                .setRevision(state.revision())
                .setEpoch(state.bootstrap().epoch())
                .setRegistryId(registry.id());
        if (!isAlive) {
            response.setEnded(ended(state, id, request.getIncarnation()));
        }
        Replies.send(reply, response.build());
    }

    private static SessionEnd ended(NamespaceState state, NodeId id, long incarnationNumber) {
        return state.endings()
                .of(id, incarnationNumber)
                .map(Ending.Reason::name)
                .map(SessionEnd::valueOf)
                .orElse(SessionEnd.UNKNOWN);
    }
}

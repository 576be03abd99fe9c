package io.rollcall.server.liveness;

import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.registry.NamespaceState;
import io.rollcall.server.registry.Registry;
import io.rollcall.server.registry.SessionEnd.Reason;
import io.rollcall.server.registry.grpc.ReplyEnvelope;
import io.rollcall.v1.HeartbeatResponse;
import io.rollcall.v1.SessionEnd;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Builds the replies to heartbeats. An acknowledgement depends only on the namespace's state, so one is built for each
 * state and sent to all nodes: a beat allocates almost nothing. Thread-safe.
 */
final class HeartbeatMessages {
    private final Registry registry;
    private final DuplicateNodes duplicates;
    private final ReplyEnvelope envelope;
    private final Map<NamespaceName, Acknowledgement> acknowledgements = new ConcurrentHashMap<>();

    /** @param duplicates notified of heartbeats of replaced sessions */
    HeartbeatMessages(Registry registry, DuplicateNodes duplicates) {
        this.registry = registry;
        this.duplicates = duplicates;
        this.envelope = new ReplyEnvelope(registry.id());
    }

    /** @param revision identifies the state: each change has its own */
    private record Acknowledgement(long revision, HeartbeatResponse response) {}

    /** @param counts whether the heartbeat keeps a lease alive */
    HeartbeatResponse answer(NamespaceName namespace, NodeId id, long incarnationNumber, boolean counts) {
        return counts ? acknowledged(namespace) : notFound(namespace, id, incarnationNumber);
    }

    HeartbeatResponse acknowledged(NamespaceName namespace) {
        NamespaceState state = registry.of(namespace).state();
        Acknowledgement known = acknowledgements.get(namespace);
        if (known == null || known.revision() != state.revision()) {
            known = new Acknowledgement(
                    state.revision(), response(state).setStatus("acknowledged").build());
            acknowledgements.put(namespace, known);
        }
        return known.response();
    }

    HeartbeatResponse notFound(NamespaceName namespace, NodeId id, long incarnationNumber) {
        NamespaceState state = registry.of(namespace).state();
        Optional<Reason> reason = state.endedSessions().of(id, incarnationNumber);
        if (reason.filter(Reason.REPLACED::equals).isPresent()) {
            duplicates.heardAfterReplacement(namespace, id);
        }
        SessionEnd ended = reason.map(Reason::name).map(SessionEnd::valueOf).orElse(SessionEnd.UNKNOWN);
        return response(state).setStatus("not_found").setEnded(ended).build();
    }

    private HeartbeatResponse.Builder response(NamespaceState state) {
        return envelope.on(HeartbeatResponse.newBuilder(), state);
    }
}

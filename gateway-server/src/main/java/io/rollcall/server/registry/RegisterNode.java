package io.rollcall.server.registry;

import io.rollcall.server.config.Setting;
import io.rollcall.server.config.Settings;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.namespace.Incarnation;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.namespace.Session;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Registers a node, or repeats a registration whose reply was lost. Decides which node founds the cluster (B1, B3, B4).
 *
 * @param incarnationNumber chosen by the client; 0: none
 * @param memberOfEpoch non-zero: the node belongs to the cluster founded in that epoch and is never told to found one
 * @param quotas the namespace's quotas
 * @param now the wall clock, for display
 */
public record RegisterNode(
        NodeId id, NodeDetails details, long incarnationNumber, long memberOfEpoch, Settings quotas, Instant now)
        implements Command<RegisterNode.Registration> {

    /** By then a node may have left or failed. */
    private static final Duration RETRY_WHEN_FULL = Duration.ofSeconds(10);

    /**
     * @param isNew whether this began a registration session; false: it existed already
     * @param isFounder whether the node is told to found the cluster
     * @param state as of this registration
     * @param isSameAgain whether only the incarnation changed
     */
    public record Registration(
            boolean isNew, boolean isFounder, Node node, NamespaceState state, boolean isSameAgain) {}

    @Override
    public String name() {
        return "RegisterNode";
    }

    @Override
    public boolean isRepeatedIn(NamespaceState state) {
        return state.live(id).filter(this::isSession).isPresent();
    }

    @Override
    public int heldBytes() {
        return details.heldBytes();
    }

    @Override
    public Map<String, Object> asked() {
        return Map.of("node", id.value(), "incarnation", incarnationNumber, "member_of_epoch", memberOfEpoch);
    }

    @Override
    public Registration decide(Draft draft) {
        NamespaceState before = draft.state();
        Optional<Node> present = before.live(id);
        refuseMetadataBeyondQuota(before);
        Optional<Node> repeated = present.filter(this::isSession);
        if (repeated.isPresent()) {
            return repeat(draft, repeated.get());
        }
        refuseEnded(before);
        refuseBeyondQuotas(before);
        Session session = new Session(id, incarnation(before));
        Bootstrap bootstrap = before.bootstrap();
        boolean isFounder = memberOfEpoch == 0 && isGrantedTo(bootstrap, before);
        Bootstrap after = isFounder ? bootstrap.grantedTo(session) : joining(bootstrap);

        Node node = new Node(session, details, NodeStatus.ACTIVE, now, after.epoch(), now, 0);
        if (present.isPresent()) {
            draft.put(node, new SessionEnd(present.get().session().incarnation(), SessionEnd.Reason.REPLACED));
            draft.vacateLeaderOf(present.get(), now);
        } else {
            draft.put(node);
        }
        draft.set(after);
        if (isFounder) {
            draft.set(draft.state().leader().founded(session, now));
        }
        boolean isSameAgain =
                draft.entries().size() == 1 && present.filter(this::isSame).isPresent();
        return registered(draft, true, isFounder, isSameAgain);
    }

    private Registration repeat(Draft draft, Node node) {
        Instant activeSince = node.status() == NodeStatus.ACTIVE ? node.statusSince() : now;
        Node again = new Node(
                node.session(),
                details,
                NodeStatus.ACTIVE,
                activeSince,
                node.epoch(),
                node.joinedAt(),
                node.revision());
        if (!again.equals(node)) {
            draft.put(again);
        }
        // Repeat the earlier answer, even if confirmed meanwhile: the reply may have been lost (B1).
        boolean isFounder = memberOfEpoch == 0
                && node.session().equals(draft.state().bootstrap().founder());
        return registered(draft, false, isFounder, false);
    }

    private boolean isSession(Node node) {
        return node.session().incarnation().isNamedBy(incarnationNumber);
    }

    private boolean isSame(Node node) {
        return node.status() == NodeStatus.ACTIVE && node.details().equals(details);
    }

    private Registration registered(Draft draft, boolean isNew, boolean isFounder, boolean isSameAgain) {
        return new Registration(isNew, isFounder, draft.state().node(id).orElseThrow(), draft.state(), isSameAgain);
    }

    private void refuseEnded(NamespaceState state) {
        if (incarnationNumber == 0) {
            return;
        }
        state.endedSessions().of(id, incarnationNumber).ifPresent(reason -> {
            throw Refusal.SESSION_ENDED.because(
                    "incarnation: ended, " + reason.name().toLowerCase(Locale.ROOT)
                            + " (expected: a fresh one for a new registration session)");
        });
    }

    private void refuseBeyondQuotas(NamespaceState state) {
        if (state.live(id).isPresent()) {
            return; // it replaces its own entry
        }
        if (state.liveCount() >= quotas.get(Setting.QUOTA_NODES)) {
            throw full(
                    Refusal.TOO_MANY_NODES,
                    "nodes: " + state.liveCount() + " of this namespace are live (expected: fewer than "
                            + quotas.get(Setting.QUOTA_NODES) + ")");
        }
        int idsUsed = state.endedSessions().byNode().size();
        if (idsUsed >= quotas.get(Setting.QUOTA_NODE_IDS)
                && state.endedSessions().of(id).isEmpty()) {
            throw full(
                    Refusal.TOO_MANY_NODE_IDS,
                    "node_id: new, while this namespace has used " + idsUsed + " ids before (expected: one of those)");
        }
    }

    private void refuseMetadataBeyondQuota(NamespaceState state) {
        int before = state.node(id).map(node -> node.details().bytes()).orElse(0);
        int after = details.bytes();
        long inAll = state.detailBytes() - before + after;
        if (after > before && inAll > quotas.get(Setting.QUOTA_METADATA)) {
            throw full(
                    Refusal.TOO_MUCH_METADATA,
                    "metadata: " + inAll
                            + " bytes of this namespace, capabilities and addresses included (expected: at most "
                            + quotas.get(Setting.QUOTA_METADATA) + ")");
        }
    }

    private static RefusedException full(Refusal refusal, String message) {
        return refusal.because(message).retryAfter(RETRY_WHEN_FULL);
    }

    private Incarnation incarnation(NamespaceState state) {
        // The next revision is unique in the namespace, so no two implicit sessions are ever equal.
        return incarnationNumber == 0
                ? new Incarnation(state.revision() + 1, true)
                : new Incarnation(incarnationNumber, false);
    }

    /**
     * Returns whether the grant is open, or held by a session that can no longer found: this node's earlier one, or a
     * lost node's.
     */
    private boolean isGrantedTo(Bootstrap bootstrap, NamespaceState state) {
        if (bootstrap.confirmed()) {
            return false;
        }
        Session founder = bootstrap.founder();
        return founder == null
                || founder.node().equals(id)
                || state.live(founder).isEmpty();
    }

    /** Tells this node to join: confirms the grant, or records a founding before this registry's history began. */
    private Bootstrap joining(Bootstrap bootstrap) {
        if (bootstrap.confirmed()) {
            return bootstrap;
        }
        Session founder = bootstrap.founder();
        boolean joinsAnother = founder != null && !founder.node().equals(id);
        if (joinsAnother) {
            return bootstrap.asConfirmed();
        }
        return memberOfEpoch >= bootstrap.epoch() ? bootstrap.foundedBefore(memberOfEpoch) : bootstrap;
    }
}

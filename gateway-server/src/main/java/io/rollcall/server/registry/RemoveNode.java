package io.rollcall.server.registry;

import io.rollcall.server.namespace.NodeId;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Removes a node, at its own request or an operator's.
 *
 * @param incarnationNumber the session to end; 0: the implicit one
 * @param anySession whether to end any current session, as an operator may
 * @param now the wall clock, for display
 */
public record RemoveNode(NodeId id, long incarnationNumber, boolean anySession, Instant now)
        implements Command<RemoveNode.Removal> {

    /** @param found whether the node was there to remove */
    public record Removal(boolean found, NamespaceState state) {}

    @Override
    public String name() {
        return "RemoveNode";
    }

    @Override
    public Map<String, Object> asked() {
        return Map.of("node", id.value(), "incarnation", incarnationNumber);
    }

    @Override
    public Removal decide(Draft draft) {
        Optional<Node> found = draft.state().node(id).filter(this::isMeant);
        found.ifPresent(node -> {
            draft.drop(
                    id,
                    node.isLive()
                            ? Optional.of(new SessionEnd(node.session().incarnation(), SessionEnd.Reason.REMOVED))
                            : Optional.empty());
            draft.vacateLeaderOf(node, now);
        });
        return new Removal(found.isPresent(), draft.state());
    }

    private boolean isMeant(Node node) {
        boolean named = node.session().incarnation().isNamedBy(incarnationNumber);
        return anySession ? incarnationNumber == 0 || named : node.isLive() && named;
    }
}

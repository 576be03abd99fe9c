package io.rollcall.server.registry;

import io.rollcall.server.namespace.NodeId;
import java.util.List;
import java.util.Optional;
import org.pcollections.ConsPStack;
import org.pcollections.HashPMap;
import org.pcollections.HashTreePMap;
import org.pcollections.PStack;

/**
 * How the sessions of a namespace's nodes ended, the newest first: an immutable value. Of each node the last
 * {@value #KEPT_PER_NODE} are kept, so a node that registers all the time costs bounded memory; fewer where there are
 * very many nodes, so that those of a namespace are at most twice {@value #KEPT_IN_ALL}, or one a node. What is older is
 * answered as unknown.
 */
public record EndedSessions(HashPMap<NodeId, PStack<SessionEnd>> byNode) {
    static final int KEPT_PER_NODE = 16;
    static final int KEPT_IN_ALL = 1 << 17;

    public static EndedSessions none() {
        return new EndedSessions(HashTreePMap.empty());
    }

    EndedSessions plus(NodeId node, SessionEnd end) {
        PStack<SessionEnd> newestFirst =
                byNode.getOrDefault(node, ConsPStack.empty()).plus(end);
        int most = keptPerNode(Math.max(1, byNode.size()));
        return new EndedSessions(byNode.plus(
                node, newestFirst.size() > most ? ConsPStack.from(newestFirst.subList(0, most)) : newestFirst));
    }

    static int keptPerNode(int nodes) {
        return Math.max(1, Math.min(KEPT_PER_NODE, KEPT_IN_ALL / nodes));
    }

    /** Of one node, the newest first; what was stored comes back by this. */
    public EndedSessions with(NodeId node, List<SessionEnd> newestFirst) {
        return new EndedSessions(byNode.plus(node, ConsPStack.from(newestFirst)));
    }

    /** How a node's sessions ended, the newest first. */
    public List<SessionEnd> of(NodeId node) {
        return byNode.getOrDefault(node, ConsPStack.empty());
    }

    /** How the session that a request names ended, where that is still known; 0 names the last implicit one. */
    public Optional<SessionEnd.Reason> of(NodeId node, long incarnationNumber) {
        for (SessionEnd end : of(node)) {
            if (end.incarnation().isNamedBy(incarnationNumber)) {
                return Optional.of(end.reason());
            }
        }
        return Optional.empty();
    }
}

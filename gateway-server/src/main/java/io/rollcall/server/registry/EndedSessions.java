package io.rollcall.server.registry;

import io.rollcall.server.namespace.NodeId;
import java.util.List;
import java.util.Optional;
import org.pcollections.ConsPStack;
import org.pcollections.HashPMap;
import org.pcollections.HashTreePMap;
import org.pcollections.PStack;

/**
 * How the sessions of a namespace's nodes ended, newest first. An immutable value. Keeps the last {@value
 * #KEPT_PER_NODE} of each node, so that a node that registers constantly takes bounded memory; with very many nodes
 * fewer, so that a namespace has at most twice {@value #KEPT_IN_ALL}, or one per node. Older sessions are reported as
 * unknown.
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

    /** Replaces the ended sessions of one node, newest first; used when loading stored state. */
    public EndedSessions with(NodeId node, List<SessionEnd> newestFirst) {
        return new EndedSessions(byNode.plus(node, ConsPStack.from(newestFirst)));
    }

    /** Returns how a node's sessions ended, newest first. */
    public List<SessionEnd> of(NodeId node) {
        return byNode.getOrDefault(node, ConsPStack.empty());
    }

    /** Returns how the session named by a request ended, if still known; 0 names the last implicit one. */
    public Optional<SessionEnd.Reason> of(NodeId node, long incarnationNumber) {
        for (SessionEnd end : of(node)) {
            if (end.incarnation().isNamedBy(incarnationNumber)) {
                return Optional.of(end.reason());
            }
        }
        return Optional.empty();
    }
}

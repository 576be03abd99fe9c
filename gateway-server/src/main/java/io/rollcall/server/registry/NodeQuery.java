package io.rollcall.server.registry;

import io.rollcall.server.namespace.NodeId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A filter for listing nodes.
 *
 * @param statuses only these
 * @param capabilities only nodes that have all of these
 * @param exceptId the node to leave out; 0: none
 */
public record NodeQuery(Set<NodeStatus> statuses, Set<String> capabilities, int exceptId) {
    private static final Set<NodeStatus> LIVE = Set.of(NodeStatus.ACTIVE, NodeStatus.SUSPECTED);

    public NodeQuery {
        statuses = statuses.isEmpty() ? LIVE : Set.copyOf(statuses);
        capabilities = Set.copyOf(capabilities);
    }

    /** Returns a query for all nodes whose lease has not expired, except one. */
    public static NodeQuery liveExcept(int exceptId) {
        return new NodeQuery(LIVE, Set.of(), exceptId);
    }

    /**
     * A part of the matching nodes.
     *
     * @param nodes ordered by id
     * @param lookedAt the number of nodes examined
     */
    public record Found(List<Node> nodes, int lookedAt) {}

    /** Returns the first {@code most} matching nodes with an id above {@code afterId}, ordered by id. */
    public Found find(NamespaceState state, int afterId, long most) {
        Collection<Node> after = afterId == 0
                ? state.nodes().values()
                : state.nodes().tailMap(NodeId.of(afterId), false).values();
        List<Node> found = new ArrayList<>();
        int lookedAt = 0;
        for (Node node : after) {
            if (found.size() >= most) {
                break;
            }
            lookedAt++;
            if (matches(node)) {
                found.add(node);
            }
        }
        return new Found(found, lookedAt);
    }

    private boolean matches(Node node) {
        return node.id().value() != exceptId && statuses.contains(node.status()) && hasAll(node);
    }

    /** One lookup for each of the node's capabilities, which may contain duplicates. */
    private boolean hasAll(Node node) {
        List<String> its = node.details().capabilities();
        if (its.size() < capabilities.size()) {
            return false;
        }
        if (capabilities.size() <= 1) {
            return its.containsAll(capabilities);
        }
        Set<String> wanted = new HashSet<>(capabilities.size() * 2);
        for (String capability : its) {
            if (capabilities.contains(capability)) {
                wanted.add(capability);
            }
        }
        return wanted.size() == capabilities.size();
    }
}

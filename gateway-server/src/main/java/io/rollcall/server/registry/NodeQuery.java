package io.rollcall.server.registry;

import io.rollcall.server.namespace.NodeId;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which nodes somebody wants listed.
 *
 * @param statuses only these
 * @param capabilities only nodes that have all of these
 * @param exceptId left out; 0: nobody is
 */
record NodeQuery(Set<NodeStatus> statuses, List<String> capabilities, int exceptId) {
    private static final Set<NodeStatus> LIVE = Set.of(NodeStatus.ACTIVE, NodeStatus.SUSPECTED);

    NodeQuery {
        statuses = statuses.isEmpty() ? LIVE : Set.copyOf(statuses);
        capabilities = List.copyOf(capabilities);
    }

    /** All whose lease has not expired, but one. */
    static NodeQuery liveExcept(int exceptId) {
        return new NodeQuery(LIVE, List.of(), exceptId);
    }

    /** The matching nodes with an id above {@code afterId}, ordered by id. */
    Stream<Node> select(NamespaceState state, int afterId) {
        Stream<Node> after = afterId == 0
                ? state.nodes().values().stream()
                : state.nodes().tailMap(NodeId.of(afterId), false).values().stream();
        return after.filter(this::matches);
    }

    private boolean matches(Node node) {
        return node.id().value() != exceptId
                && statuses.contains(node.status())
                && node.details().capabilities().containsAll(capabilities);
    }
}

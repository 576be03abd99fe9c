package io.rollcall.client;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All that there is of a namespace at one revision. Immutable.
 *
 * @param nodes by id, ordered; those that failed and are still on view among them
 * @param at of which moment this is; its epoch is the cluster's
 */
public record ClusterView(
        SortedMap<Integer, Node> nodes, ClusterChange.Leader leader, ClusterChange.Founding founding, Revision at) {

    public ClusterView {
        nodes = Collections.unmodifiableSortedMap(new TreeMap<>(nodes));
    }

    /** The node of that id, if it is on view. */
    public Optional<Node> find(int id) {
        return Optional.ofNullable(nodes.get(id));
    }

    /** The leader's entry; empty: none is known. */
    public Optional<Node> leaderNode() {
        return leader.nodeId().isPresent() ? find(leader.nodeId().getAsInt()) : Optional.empty();
    }
}

package io.rollcall.client;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The state of a namespace at one revision. Immutable.
 *
 * @param nodes ordered by id, including failed nodes that are still listed
 * @param at the revision of this view; its epoch is the cluster's
 */
public record ClusterView(
        SortedMap<Integer, Node> nodes, ClusterChange.Leader leader, ClusterChange.Founding founding, Revision at) {

    public ClusterView {
        nodes = Collections.unmodifiableSortedMap(new TreeMap<>(nodes));
    }

    /** Returns the node with that id, if listed. */
    public Optional<Node> find(int id) {
        return Optional.ofNullable(nodes.get(id));
    }

    /** Returns the leader's entry; empty: unknown. */
    public Optional<Node> leaderNode() {
        return leader.nodeId().isPresent() ? find(leader.nodeId().getAsInt()) : Optional.empty();
    }
}

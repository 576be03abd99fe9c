package io.rollcall.client;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Gives an existing node class discovery by a gateway, with one field:
 *
 * <pre>{@code
 * class RaftNode implements GatewayDiscovery {
 *     private final ClusterMembership membership = new ClusterMembership(client);
 *
 *     public ClusterMembership membership() {
 *         return membership;
 *     }
 *
 *     void start() {
 *         joinCluster(NodeDescription.of("10.0.0.7", 5000));
 *         if (isBootstrapNode()) { ... found the cluster ... } else { ... join clusterNodes() ... }
 *     }
 * }
 * }</pre>
 *
 * <p>The methods may be called from any thread; those that call the gateway block and throw as {@link GatewayClient}'s.
 */
public interface GatewayDiscovery {

    /** Returns the field. */
    ClusterMembership membership();

    /**
     * Registers the node, and keeps it registered until it leaves.
     *
     * @throws IllegalStateException if it has joined already
     */
    default NodeSession joinCluster(NodeDescription description) {
        return joinCluster(description, new SessionListener() {});
    }

    /** As {@link #joinCluster(NodeDescription)}; the listener is told what becomes of the registration. */
    default NodeSession joinCluster(NodeDescription description, SessionListener listener) {
        return membership().join(description, listener);
    }

    /** Returns the nodes of the namespace whose lease has not expired, including this one if it has joined. */
    default List<Node> clusterNodes() {
        return membership().nodes();
    }

    /** Returns the leader, as reported by the members; empty: none is known. */
    default Optional<Node> clusterLeader() {
        return membership().leader();
    }

    /** Returns whether this node was told to found the cluster, at its latest registration. */
    default boolean isBootstrapNode() {
        return membership().isBootstrap();
    }

    /**
     * Reports the leader.
     *
     * @param term the Raft term under which it was elected, 1 or more
     * @throws IllegalStateException if this node has not joined
     */
    default LeaderReport reportLeader(int leaderId, OptionalLong term) {
        return membership().report(leaderId, term);
    }

    /** Ends the registration and removes the node; does not throw if the gateway is away. */
    default void leaveCluster() {
        membership().leave();
    }
}

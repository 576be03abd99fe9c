package io.rollcall.server.registry;

import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.namespace.Session;
import java.time.Instant;

/**
 * A node's entry in the registry.
 *
 * @param statusSince when {@code status} began, by the wall clock; for display only
 * @param epoch the bootstrap epoch in which this session registered
 * @param joinedAt when this session began, by the wall clock; for display only
 * @param revision of the last change of this entry
 */
public record Node(
        Session session,
        NodeDetails details,
        NodeStatus status,
        Instant statusSince,
        long epoch,
        Instant joinedAt,
        long revision) {

    public Node {
        // One object for a node that never lapsed, as most: it is held by the million.
        statusSince = statusSince.equals(joinedAt) ? joinedAt : statusSince;
    }

    public NodeId id() {
        return session.node();
    }

    public boolean isLive() {
        return status.isLive();
    }

    Node with(NodeStatus newStatus, Instant now) {
        return new Node(session, details, newStatus, now, epoch, joinedAt, revision);
    }

    Node at(long newRevision) {
        return new Node(session, details, status, statusSince, epoch, joinedAt, newRevision);
    }
}

package io.rollcall.client;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a node that implements {@link GatewayDiscovery} holds: its client and, once it has joined, its session. Any thread;
 * guarded by this.
 */
public final class ClusterMembership {
    private final GatewayClient client;
    private @Nullable NodeSession session;

    /** @param client stays open when the node leaves; its owner closes it */
    public ClusterMembership(GatewayClient client) {
        this.client = client;
    }

    synchronized NodeSession join(NodeDescription description, SessionListener listener) {
        NodeSession open = session;
        if (open != null && !open.state().isOver()) {
            throw new IllegalStateException("node " + open.nodeId() + " has joined already");
        }
        NodeSession joined = client.register(description, listener);
        session = joined;
        return joined;
    }

    List<Node> nodes() {
        return client.nodes().nodes();
    }

    Optional<Node> leader() {
        return client.leader().leader();
    }

    synchronized boolean isBootstrap() {
        return session != null && session.isBootstrap();
    }

    LeaderReport report(int leaderId, OptionalLong term) {
        NodeSession open;
        synchronized (this) {
            open = session;
        }
        if (open == null) {
            throw new IllegalStateException("this node has not joined");
        }
        return open.reportLeader(leaderId, term);
    }

    void leave() {
        NodeSession open;
        synchronized (this) {
            open = session;
            session = null;
        }
        if (open != null) {
            open.close();
        }
    }
}

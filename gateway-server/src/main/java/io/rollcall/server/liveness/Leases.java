package io.rollcall.server.liveness;

import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.namespace.Session;
import io.rollcall.server.registry.Change;
import io.rollcall.server.registry.LeaseKeeper;
import io.rollcall.server.registry.LogEntry;
import io.rollcall.server.registry.NamespaceState;
import io.rollcall.server.registry.Node;
import io.rollcall.server.registry.NodeStatus;
import io.rollcall.server.registry.RegistryListener;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The leases of all listed nodes; a failed node's lease has ended.
 *
 * <pre>
 *   alpha → { 1 → last beat 81.2 s,  2 → last beat 12.0 s, ended 27.3 s,  3 → last beat 80.9 s }
 *   beta  → { 9 → last beat 79.9 s }
 * </pre>
 *
 * <p>Threads: the writer adds and removes leases when changes are committed, before any caller is answered; heartbeats
 * and the sweep only look up. No lock is shared between nodes.
 */
public final class Leases implements RegistryListener, LeaseKeeper {
    private final Ticker ticker;
    private final Map<NamespaceName, Map<NodeId, Lease>> namespaces = new ConcurrentHashMap<>();

    public Leases(Ticker ticker) {
        this.ticker = ticker;
    }

    /**
     * Gives every node of a namespace its full time after a restart, or after the namespace was not served for a while
     * (T4).
     */
    @Override
    public void begin(NamespaceName namespace, NamespaceState state, List<LogEntry> history) {
        long now = ticker.nanos();
        Map<NodeId, Lease> leases = new ConcurrentHashMap<>();
        state.nodes().values().forEach(node -> update(leases, node, now));
        namespaces.put(namespace, leases);
    }

    @Override
    public void end(NamespaceName namespace) {
        namespaces.remove(namespace);
    }

    @Override
    public void committed(NamespaceName namespace, NamespaceState after, List<LogEntry> entries) {
        Map<NodeId, Lease> leases = of(namespace);
        long now = ticker.nanos();
        for (LogEntry entry : entries) {
            Change change = entry.change();
            if (change instanceof Change.NodeChanged changed) {
                update(leases, changed.node(), now);
            } else if (change instanceof Change.NodeGone gone) {
                Optional.ofNullable(leases.remove(gone.node())).ifPresent(lease -> lease.end(now));
            }
        }
    }

    private static void update(Map<NodeId, Lease> leases, Node node, long now) {
        Lease lease = leases.get(node.id());
        if (lease == null || !lease.session().equals(node.session())) {
            Lease fresh = new Lease(node.session(), now);
            Optional.ofNullable(leases.put(node.id(), fresh)).ifPresent(replaced -> replaced.end(now));
            lease = fresh;
        }
        lease.suspected(node.status() == NodeStatus.SUSPECTED);
        if (!node.isLive()) {
            lease.end(now);
        }
    }

    @Override
    public CompletableFuture<Boolean> beat(NamespaceName namespace, NodeId node, long incarnationNumber) {
        Lease lease = find(namespace, node, incarnationNumber);
        return lease == null ? CompletableFuture.completedFuture(false) : lease.await(ticker.nanos());
    }

    /** Returns the lease of a heartbeat's session, running or not; null: no such session. */
    @Nullable
    Lease find(NamespaceName namespace, NodeId node, long incarnationNumber) {
        Lease lease = of(namespace).get(node);
        return lease != null && lease.session().incarnation().isNamedBy(incarnationNumber) ? lease : null;
    }

    /** Returns the current time on the clock of the beats. */
    long now() {
        return ticker.nanos();
    }

    @Override
    public Duration silence(NamespaceName namespace, Session session) {
        Lease lease = of(namespace).get(session.node());
        return lease != null && lease.session().equals(session)
                ? Duration.ofNanos(lease.silence(ticker.nanos()))
                : Duration.ZERO;
    }

    /** Returns the leases of a namespace; leases may end or appear during iteration. */
    Iterable<Lease> all(NamespaceName namespace) {
        return of(namespace).values();
    }

    private Map<NodeId, Lease> of(NamespaceName namespace) {
        Map<NodeId, Lease> leases = namespaces.get(namespace);
        return leases != null ? leases : namespaces.computeIfAbsent(namespace, name -> new ConcurrentHashMap<>());
    }
}

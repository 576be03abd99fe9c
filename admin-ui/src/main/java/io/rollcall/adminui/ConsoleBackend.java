package io.rollcall.adminui;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The console's interface to the gateway, implemented over the gateway's in-memory state.
 *
 * <p>Every method may be called from any thread, answers at once and never waits for a writer. The result of one call
 * is consistent: a {@link NamespaceDetail}'s list, counts and leader all belong to its revision.
 */
public interface ConsoleBackend {

    /** Stands for the whole gateway in place of a namespace's name; no namespace has this name. */
    String GATEWAY = "gateway";

    /** Returns the gateway's own state. */
    GatewayView gateway();

    /** Returns all namespaces, ordered by name. */
    List<NamespaceSummary> namespaces();

    /** Returns one namespace with its nodes ordered by id, or empty if there is none of that name. */
    Optional<NamespaceDetail> namespace(String name);

    /** Returns the gateway's metrics in Prometheus' text format. */
    String metrics();

    /** Returns whether the shared threads are alive. False: the process is about to end and must be restarted. */
    boolean isLive();

    /**
     * Returns whether the gateway accepts calls, changes included. False during shutdown and while changes cannot be
     * stored.
     */
    boolean isReady();

    /**
     * Calls {@code listener} with a namespace's name after each change of it, with {@link #GATEWAY} after a change of
     * the gateway's own state, from the thread that made the change: it must return at once and not throw.
     *
     * @return the subscription to close
     */
    Subscription onChange(Consumer<String> listener);

    /** A subscription that ends when closed. Idempotent. */
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * @param version the gateway's version
     * @param address where nodes connect, as {@code host:port}
     * @param uptime since it started
     * @param attention issues that concern no single namespace shown here
     */
    record GatewayView(String version, String address, Instant startedAt, Duration uptime, List<Attention> attention) {
        public GatewayView {
            attention = List.copyOf(attention);
        }
    }

    /**
     * @param revision counts the namespace's changes
     * @param epoch the bootstrap epoch
     * @param term the Raft term on record; 0: none
     * @param active nodes heard from lately
     * @param suspected nodes silent for too long whose lease still runs
     * @param failed nodes whose lease expired, still listed
     * @param attention issues for an administrator, the worst first
     */
    record NamespaceSummary(
            String name,
            long revision,
            long epoch,
            BootstrapPhase bootstrap,
            Optional<LeaderView> leader,
            long term,
            int active,
            int suspected,
            int failed,
            List<Attention> attention) {
        public NamespaceSummary {
            attention = List.copyOf(attention);
        }
    }

    /** The phase of the founding of a namespace's cluster. */
    enum BootstrapPhase {
        /** No node was told to found it; the next node that registers will be. */
        OPEN,
        /** One node was told to found it; not yet confirmed. */
        GRANTED,
        /** Founded, for good. */
        CONFIRMED
    }

    /** @param since when it was first reported */
    record LeaderView(int nodeId, String address, Instant since) {}

    /**
     * An issue that an administrator should look at.
     *
     * @param what the fact, in one sentence without a full stop
     * @param since when it began
     * @param consequence what the gateway does because of it
     * @param remedy what the administrator can do
     */
    record Attention(Severity severity, String what, Instant since, String consequence, String remedy) {}

    /** The severity, the worst first. */
    enum Severity {
        PROBLEM,
        WARNING
    }

    /**
     * @param heartbeatInterval how often nodes are asked to send a heartbeat
     * @param nodeTimeout the silence after which a lease expires
     */
    record NamespaceDetail(
            NamespaceSummary summary, List<NodeView> nodes, Duration heartbeatInterval, Duration nodeTimeout) {
        public NamespaceDetail {
            nodes = List.copyOf(nodes);
        }
    }

    /**
     * @param host an IP address or host name, as the node gave it
     * @param leader whether it is the leader on record
     * @param founder whether it was told to found the cluster of this epoch
     * @param silence since its last heartbeat
     * @param revision of the last change of this node
     */
    record NodeView(
            int id,
            String host,
            int port,
            NodeState state,
            boolean leader,
            boolean founder,
            List<String> capabilities,
            Map<String, String> metadata,
            Instant joinedAt,
            Instant lastSeen,
            Duration silence,
            long revision) {
        public NodeView {
            capabilities = List.copyOf(capabilities);
            metadata = Map.copyOf(metadata);
        }
    }

    /** A node's state; the word on the wire is the name in lower case. */
    enum NodeState {
        ACTIVE,
        SUSPECTED,
        FAILED
    }
}

package io.rollcall.adminui;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What the console needs of a gateway; the gateway implements it over its own in-memory state.
 *
 * <p>Every method may be called from any thread, answers at once and never waits for a writer. What one call returns
 * is of one moment: a {@link NamespaceDetail}'s list, counts and leader all belong to its revision.
 */
public interface ConsoleBackend {

    /** The gateway as a whole, where a namespace's name is expected; no namespace is called so. */
    String GATEWAY = "gateway";

    /** The gateway as a whole. */
    GatewayView gateway();

    /** All namespaces, ordered by name. */
    List<NamespaceSummary> namespaces();

    /** One namespace with its nodes ordered by id, or empty where there is none of that name. */
    Optional<NamespaceDetail> namespace(String name);

    /** What the gateway measures of itself, in Prometheus' text format. */
    String metrics();

    /** Whether its shared threads come round. False: the process is about to end, for a supervisor to start it again. */
    boolean isLive();

    /** Whether it takes calls, changes included. False while it ends, and while changes cannot be stored. */
    boolean isReady();

    /**
     * Calls {@code listener} with a namespace's name after each change of it, with {@link #GATEWAY} after a change of
     * what is said about the gateway as a whole, from the thread that made the change: it
     * must return at once and not throw.
     *
     * @return closes the subscription
     */
    Subscription onChange(Consumer<String> listener);

    /** A subscription that ends when closed; closing twice is harmless. */
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * @param version the gateway's version
     * @param address where nodes connect, as {@code host:port}
     * @param uptime since it started
     * @param attention what an administrator should look at that is about no single namespace shown here
     */
    record GatewayView(String version, String address, Instant startedAt, Duration uptime, List<Attention> attention) {
        public GatewayView {
            attention = List.copyOf(attention);
        }
    }

    /**
     * @param revision counts the namespace's changes
     * @param epoch which founding of the cluster this is
     * @param term the Raft term on record; 0: none
     * @param active nodes heard from lately
     * @param suspected nodes silent for too long whose lease still runs
     * @param failed nodes whose lease expired, still on view
     * @param attention what an administrator should look at, the worst first
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

    /** How far the founding of a namespace's cluster has come. */
    enum BootstrapPhase {
        /** Nobody was told to found it; the next node that registers will be. */
        OPEN,
        /** One node was told to; nothing confirms yet that it did. */
        GRANTED,
        /** Founded, for good. */
        CONFIRMED
    }

    /** @param since when it was first reported */
    record LeaderView(int nodeId, String address, Instant since) {}

    /**
     * Something an administrator should look at.
     *
     * @param what the fact, in one sentence without a full stop
     * @param since when it began
     * @param consequence what the gateway does because of it
     * @param remedy what the administrator can do
     */
    record Attention(Severity severity, String what, Instant since, String consequence, String remedy) {}

    /** How bad it is, the worst first. */
    enum Severity {
        PROBLEM,
        WARNING
    }

    /**
     * @param heartbeatInterval how often nodes are asked to send a heartbeat
     * @param nodeTimeout after how long a silence a lease expires
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

    /** A node's state; its word on the wire is the name in small letters. */
    enum NodeState {
        ACTIVE,
        SUSPECTED,
        FAILED
    }
}

package io.rollcall.client;

import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.GetLeaderRequest;
import io.rollcall.v1.GetNodesRequest;
import io.rollcall.v1.GetStatsRequest;
import io.rollcall.v1.HealthCheckRequest;
import io.rollcall.v1.NodeInfo;
import io.rollcall.v1.RemoveNodeRequest;
import io.rollcall.v1.ResetBootstrapRequest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.random.RandomGenerator;

/**
 * A client of a gateway, identified by its certificate.
 *
 * <pre>{@code
 * try (GatewayClient client = GatewayClient.builder()
 *                 .target("gateway.example:8090")
 *                 .credentials(NodeCredentials.fromDirectory(Path.of("/etc/node/rollcall")))
 *                 .build();
 *         NodeSession session = client.register(NodeDescription.of("10.0.0.7", 5000))) {
 *     if (session.isBootstrap()) { ... found the cluster ... } else { ... join session.members() ... }
 * }
 * }</pre>
 *
 * <p>All methods may be called from any thread; those that call the gateway block, for at most the deadline, and throw
 * {@link GatewayException} when it refuses or is not reached. An interrupt cancels the call. The client has no threads
 * apart from gRPC's daemons; each session and each watch has one.
 */
public final class GatewayClient implements AutoCloseable {

    private static final Duration USUAL_PATIENCE = Duration.ofSeconds(30);

    private final SpiffeId identity;
    private final ChannelPool pool;
    private final RetryingCalls calls;
    private final CopyOnWriteArrayList<NodeSession> sessions = new CopyOnWriteArrayList<>();

    private final CopyOnWriteArrayList<ClusterWatch> watches = new CopyOnWriteArrayList<>();

    GatewayClient(SpiffeId identity, ChannelPool pool, Limits limits) {
        this.identity = identity;
        this.pool = pool;
        this.calls = new RetryingCalls(pool, limits);
    }

    /** Returns a builder without target and credentials; both are required. */
    public static GatewayClientBuilder builder() {
        return new GatewayClientBuilder();
    }

    /** Returns the namespace in the certificate. */
    public String namespace() {
        return identity.namespace();
    }

    /** Returns the node id in the certificate; empty for an operator. */
    public OptionalInt nodeId() {
        return identity.nodeId();
    }

    /** Registers without a listener, trying for up to 30 s. */
    public NodeSession register(NodeDescription description) {
        return register(description, new SessionListener() {});
    }

    /** Registers, trying for up to 30 s. */
    public NodeSession register(NodeDescription description, SessionListener listener) {
        return register(description, listener, USUAL_PATIENCE);
    }

    /**
     * Registers the node that the certificate names, and keeps it registered until the session is closed. The latest
     * registration of a node wins: an older session of it ends.
     *
     * @param patience how long to keep trying while the gateway is unavailable or overloaded
     * @throws GatewayException if the gateway refuses (immediately), or is still unavailable after {@code patience}
     * @throws IllegalStateException if the certificate is an operator's
     */
    public NodeSession register(NodeDescription description, SessionListener listener, Duration patience) {
        return register(
                description, listener, patience, new SessionThread("rollcall-session-" + me()), new SecureRandom());
    }

    NodeSession register(
            NodeDescription description,
            SessionListener listener,
            Duration patience,
            SessionTime time,
            RandomGenerator random) {
        SessionLoop loop = new SessionLoop(calls, me(), description, listener, time, random);
        try {
            loop.join(patience);
        } catch (RuntimeException e) {
            loop.close();
            throw e;
        }
        NodeSession session = new NodeSession(calls, loop);
        sessions.removeIf(earlier -> earlier.state().isOver());
        sessions.add(session);
        return session;
    }

    private int me() {
        return identity.nodeId()
                .orElseThrow(() -> new IllegalStateException(
                        identity.uri() + " is no node (expected: a node's certificate, to register)"));
    }

    /** Watches the namespace until the watch is closed. Returns at once; the watch waits for an unavailable gateway. */
    public ClusterWatch watch(WatchListener listener) {
        return watch(listener, new SessionThread("rollcall-watch"), new SecureRandom());
    }

    ClusterWatch watch(WatchListener listener, SessionTime time, RandomGenerator random) {
        ClusterWatch watch = new ClusterWatch(calls, listener, time, random, watches::remove);
        watches.add(watch);
        watch.start();
        return watch;
    }

    /** Returns the nodes of the namespace whose lease has not expired, including the caller. */
    public NodeList nodes() {
        return NodeList.of(calls.call(GatewayServiceGrpc.getGetNodesMethod(), GetNodesRequest.getDefaultInstance()));
    }

    /** Returns the leader, as reported by the members. */
    public Leadership leader() {
        return Leadership.of(
                calls.call(GatewayServiceGrpc.getGetLeaderMethod(), GetLeaderRequest.getDefaultInstance()));
    }

    /** Returns the namespace's counts. */
    public Stats stats() {
        return Stats.of(calls.call(GatewayServiceGrpc.getGetStatsMethod(), GetStatsRequest.getDefaultInstance()));
    }

    /** Returns the gateway's health; needs no token. */
    public Health health() {
        return Health.of(
                calls.call(GatewayServiceGrpc.getHealthCheckMethod(), HealthCheckRequest.getDefaultInstance()));
    }

    /**
     * Removes a node, whatever its session. An operator may name any node of the namespace, a node only itself.
     *
     * @return whether the node existed
     */
    public boolean remove(int nodeId) {
        RemoveNodeRequest request =
                RemoveNodeRequest.newBuilder().setNodeId(nodeId).build();
        return calls.call(GatewayServiceGrpc.getRemoveNodeMethod(), request)
                .getStatus()
                .equals("removed");
    }

    /**
     * Reports the leader, as the node that the certificate names, for its present session, whoever keeps it.
     *
     * @param term the Raft term under which it was elected, 1 or more
     * @throws GatewayException if the gateway refused the call or was not reached; an outdated report is not an
     *     exception but an answer
     * @throws IllegalStateException if the node is not registered, or the certificate is an operator's
     */
    public LeaderReport reportLeader(int leaderId, OptionalLong term) {
        int me = me();
        NodeInfo registered = calls
                .call(GatewayServiceGrpc.getGetNodesMethod(), GetNodesRequest.getDefaultInstance())
                .getNodesList()
                .stream()
                .filter(node -> node.getNodeId() == me)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("node " + me + " is not registered"));
        return LeaderReport.of(calls.call(
                GatewayServiceGrpc.getUpdateLeaderMethod(),
                LeaderReport.request(leaderId, registered.getIncarnation(), term)));
    }

    /**
     * Lets the cluster be founded again, in the next epoch; for an operator.
     *
     * @param reason for the audit log, 1 to 512 characters
     * @param force also while members are live; they register again
     * @return the revision with the new epoch
     */
    public Revision resetBootstrap(String reason, boolean force) {
        ResetBootstrapRequest request = ResetBootstrapRequest.newBuilder()
                .setReason(reason)
                .setForce(force)
                .build();
        return Revision.of(calls.call(GatewayServiceGrpc.getResetBootstrapMethod(), request));
    }

    /** Closes the watches and sessions, then the connections; calls in flight are cancelled. Does not throw. */
    @Override
    public void close() {
        List.copyOf(watches).forEach(ClusterWatch::close);
        List.copyOf(sessions).forEach(NodeSession::close);
        pool.close();
    }
}

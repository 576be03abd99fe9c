package io.rollcall.client;

import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.UpdateLeaderResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a node registered with the gateway: sends heartbeats, registers again when its lease expired, the gateway lost
 * its state or the namespace was reset, and ends when another process registered as this node or the node was removed.
 *
 * <p>All methods may be called from any thread. One daemon thread sends heartbeats and calls the {@link
 * SessionListener}.
 */
public final class NodeSession implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(NodeSession.class);
    private static final Duration LEAVE_DEADLINE = Duration.ofSeconds(3);

    private final RetryingCalls calls;
    private final SessionLoop loop;
    private final Consumer<Revision> observer;

    NodeSession(RetryingCalls calls, SessionLoop loop) {
        this.calls = calls;
        this.loop = loop;
        this.observer = loop::saw;
        calls.observe(observer);
    }

    /** Returns the node's id, from its certificate. */
    public int nodeId() {
        return registration().nodeId();
    }

    /** Returns the latest registration; it changes each time the session registers again. */
    public Registration registration() {
        return loop.current();
    }

    /** Returns whether this node is told to found the cluster; all others join. */
    public boolean isBootstrap() {
        return registration().bootstrap();
    }

    /** Returns the bootstrap epoch of the session. */
    public long epoch() {
        return registration().epoch();
    }

    /** Returns the revision of the latest registration. */
    public Revision revision() {
        return registration().at();
    }

    /** Returns the leader as of the latest registration; {@link GatewayClient#leader} returns the current one. */
    public Optional<Node> leader() {
        return registration().leader();
    }

    /** Returns the other nodes as of the latest registration; {@link GatewayClient#nodes} returns the current ones. */
    public List<Node> members() {
        return registration().members();
    }

    /** Returns the state of the session. */
    public SessionState state() {
        return loop.state();
    }

    /**
     * Returns when the gateway was first found unreachable, or refusing; empty while it answers. The session keeps trying;
     * the cluster's own work goes on without a gateway.
     */
    public Optional<Instant> disconnectedSince() {
        return loop.disconnectedSince();
    }

    /**
     * Replaces the node's address, capabilities and metadata; blocks for at most the client's deadline. They are kept for
     * the next registration if the gateway is not reached.
     *
     * @throws GatewayException if the gateway refused or was not reached
     * @throws IllegalStateException if the session is over
     */
    public Registration update(NodeDescription description) {
        return loop.update(description);
    }

    /**
     * Reports the leader; blocks for at most the client's deadline. An accepted report confirms the founding of the
     * cluster, and implies {@link #joined}.
     *
     * @param leaderId this node or another member
     * @param term the Raft term under which it was elected, 1 or more
     * @throws GatewayException if the gateway refused the call or was not reached; an outdated report is not an
     *     exception but an answer
     */
    public LeaderReport reportLeader(int leaderId, OptionalLong term) {
        UpdateLeaderResponse reply = calls.call(
                GatewayServiceGrpc.getUpdateLeaderMethod(), LeaderReport.request(leaderId, loop.incarnation(), term));
        LeaderReport report = LeaderReport.of(reply);
        if (report.accepted() && term.isPresent()) {
            loop.memberOf(reply.getEpoch());
        }
        return report;
    }

    /**
     * Declares that this node has founded or joined the cluster of its epoch. When the session registers again, it is
     * never told to found another one, even by a gateway that lost its state; a reset by an operator undoes this.
     */
    public void joined() {
        loop.memberOf(epoch());
    }

    /**
     * Ends the session and removes the node, within about four seconds. Does not throw if the gateway is unavailable:
     * the lease then expires by itself. Idempotent, also after the session's end.
     */
    @Override
    public void close() {
        calls.forget(observer);
        if (!loop.close()) {
            return;
        }
        // An interrupted thread may also close: the interrupt would cancel the call before it began.
        boolean interrupted = Thread.interrupted();
        try {
            loop.leave(LEAVE_DEADLINE);
        } catch (GatewayException | IllegalStateException e) {
            log.warn("Node {} could not say that it leaves; its lease will expire: {}", nodeId(), e.getMessage());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}

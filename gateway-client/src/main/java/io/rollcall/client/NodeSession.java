package io.rollcall.client;

import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.UpdateLeaderRequest;
import io.rollcall.v1.UpdateLeaderResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's stay with the gateway: sends heartbeats by itself, registers anew when its lease expired, the gateway lost
 * its memory or the namespace was reset, and ends when another process registered as this node or it was taken out.
 *
 * <p>All methods may be called from any thread. One daemon thread beats, and calls the {@link SessionListener}.
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

    /** The node's id, from its certificate. */
    public int nodeId() {
        return registration().nodeId();
    }

    /** The latest registration; another one after each time anew. */
    public Registration registration() {
        return loop.current();
    }

    /** Whether this node is told to found the cluster; all the others join. */
    public boolean isBootstrap() {
        return registration().bootstrap();
    }

    /** Which founding of the cluster the session belongs to. */
    public long epoch() {
        return registration().epoch();
    }

    /** Of which moment the latest registration is. */
    public Revision revision() {
        return registration().at();
    }

    /** Who led as of the latest registration; {@link GatewayClient#leader} asks anew. */
    public Optional<Node> leader() {
        return registration().leader();
    }

    /** The other nodes as of the latest registration; {@link GatewayClient#nodes} asks anew. */
    public List<Node> members() {
        return registration().members();
    }

    /** Where the session stands. */
    public SessionState state() {
        return loop.state();
    }

    /**
     * Reports who leads; blocks for at most the client's deadline. An accepted report founds the cluster for good, and
     * implies {@link #joined}.
     *
     * @param leaderId this node or another member
     * @param term the Raft term under which it was elected, 1 or more
     * @throws GatewayException if the gateway refused to answer or was not reached; a report that came too late is no
     *     exception but an answer
     */
    public LeaderReport reportLeader(int leaderId, OptionalLong term) {
        UpdateLeaderRequest.Builder request =
                UpdateLeaderRequest.newBuilder().setLeaderId(leaderId).setIncarnation(loop.incarnation());
        term.ifPresent(request::setTerm);
        UpdateLeaderResponse reply = calls.call(GatewayServiceGrpc.getUpdateLeaderMethod(), request.build());
        LeaderReport report = LeaderReport.of(reply);
        if (report.accepted() && term.isPresent()) {
            loop.memberOf(reply.getEpoch());
        }
        return report;
    }

    /**
     * Says that this node has founded or joined the cluster of its epoch. When the session registers anew it is then
     * never told to found another one, even by a gateway that lost its memory; a reset by an operator undoes this.
     */
    public void joined() {
        loop.memberOf(epoch());
    }

    /**
     * Ends the session and takes the node out, within about four seconds. Does not throw where the gateway is away:
     * the lease then expires by itself. Closing twice, or after the session's end, is harmless.
     */
    @Override
    public void close() {
        calls.forget(observer);
        if (!loop.close()) {
            return;
        }
        // An interrupted thread may close, too: the call would be cancelled before it began.
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

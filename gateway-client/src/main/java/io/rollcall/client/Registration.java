package io.rollcall.client;

import io.rollcall.v1.RegisterNodeResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The gateway's answer to a registration.
 *
 * @param incarnation names the registration session; 64 bits, not zero
 * @param bootstrap whether this node is told to found the cluster; all others join
 * @param term the Raft term on record; 0: none
 * @param heartbeatInterval how often the gateway wants to hear from the node
 * @param nodeTimeout the silence after which the lease expires
 * @param leader as of the registration; empty: unknown
 * @param members the other nodes as of the registration, ordered by id
 */
public record Registration(
        int nodeId,
        long incarnation,
        boolean bootstrap,
        Revision at,
        long term,
        Duration heartbeatInterval,
        Duration nodeTimeout,
        Optional<Node> leader,
        List<Node> members) {

    private static final Duration USUAL_INTERVAL = Duration.ofSeconds(30);
    private static final Duration USUAL_TIMEOUT = Duration.ofMinutes(5);

    public Registration {
        members = List.copyOf(members);
    }

    /** Returns the bootstrap epoch of the session. */
    public long epoch() {
        return at.epoch();
    }

    static Registration of(long incarnation, RegisterNodeResponse reply) {
        return new Registration(
                reply.getNodeId(),
                incarnation,
                reply.getIsBootstrap(),
                Revision.of(reply),
                reply.getTerm(),
                Wire.millisOr(reply.getHeartbeatIntervalMs(), USUAL_INTERVAL),
                Wire.millisOr(reply.getNodeTimeoutMs(), USUAL_TIMEOUT),
                reply.hasLeader() ? Optional.of(Node.of(reply.getLeader())) : Optional.empty(),
                Node.listOf(reply.getNodesList()));
    }
}

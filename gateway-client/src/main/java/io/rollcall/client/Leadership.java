package io.rollcall.client;

import io.rollcall.v1.GetLeaderResponse;
import io.rollcall.v1.LeaderConflict;
import java.util.Optional;

/**
 * The leader, as reported by the members.
 *
 * @param leader empty: unknown
 * @param term the Raft term on record; 0: none. It stays when the leader's lease ends
 * @param conflict set if another node was reported for the same term
 */
public record Leadership(Optional<Node> leader, long term, Optional<Conflict> conflict, Revision at) {

    /**
     * Two nodes were reported as leader of one term.
     *
     * @param leaderId the node that stays leader
     * @param claimantId the node that was refused
     * @param reportedBy the node that reported the claimant
     */
    public record Conflict(long term, int leaderId, int claimantId, int reportedBy) {}

    static Leadership of(GetLeaderResponse reply) {
        return new Leadership(
                reply.hasLeader() ? Optional.of(Node.of(reply.getLeader())) : Optional.empty(),
                reply.getTerm(),
                reply.hasConflict() ? Optional.of(conflict(reply.getConflict())) : Optional.empty(),
                Revision.of(reply));
    }

    static Conflict conflict(LeaderConflict conflict) {
        return new Conflict(
                conflict.getTerm(), conflict.getLeaderId(), conflict.getClaimantId(), conflict.getReportedBy());
    }
}

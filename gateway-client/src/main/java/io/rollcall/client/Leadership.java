package io.rollcall.client;

import io.rollcall.v1.GetLeaderResponse;
import io.rollcall.v1.LeaderConflict;
import java.util.Optional;

/**
 * Who leads, as far as the members have reported.
 *
 * @param leader empty: none is known
 * @param term the Raft term on record; 0: none. It stays when the leader's lease ends
 * @param conflict set where somebody else was reported for the same term
 */
public record Leadership(Optional<Node> leader, long term, Optional<Conflict> conflict, Revision at) {

    /**
     * Two nodes were reported as leader of one term.
     *
     * @param leaderId who stays on record
     * @param claimantId who was refused
     * @param reportedBy who reported the refused one
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

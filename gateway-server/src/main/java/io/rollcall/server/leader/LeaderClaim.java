package io.rollcall.server.leader;

import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.namespace.Session;
import java.time.Instant;

/**
 * A member's report of the current leader. Both sessions are live when the claim is judged.
 *
 * @param reporter the member that reports
 * @param leader the reported leader
 * @param term the Raft term of the election, 1 or more; 0: not given, as by older clients
 * @param at when it was reported
 */
public record LeaderClaim(NodeId reporter, Session leader, long term, Instant at) {

    public LeaderClaim {
        if (term < 0) {
            throw new IllegalArgumentException("term: " + term + " (expected: 1 or more, or 0 for none)");
        }
    }

    boolean isBySelf() {
        return reporter.equals(leader.node());
    }
}

package io.rollcall.server.leader;

import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.namespace.Session;
import java.time.Instant;

/**
 * A member says who leads. Both sessions are live when the claim is judged.
 *
 * @param reporter who says so
 * @param leader who is said to lead
 * @param term the Raft term of the election, 1 or more; 0: not said, as older clients do
 * @param at when it was said
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

package io.rollcall.server.leader;

import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.namespace.Session;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The leader of a namespace and the newest reported term. An immutable value; {@link #judge} holds the rules.
 *
 * <pre>
 *            report 3@7      3's lease ends      report 3@7 by 5      report 4@7       report 4@8
 *  term 0 ───────────▶ term 7 ───────────▶ term 7 ───────────▶ refused ─────▶ refused ─────▶ term 8
 *  leader –            leader 3            leader –            leader –       + conflict     leader 4
 *                      elected 3           elected 3           elected 3      elected 3      elected 4
 * </pre>
 *
 * @param term the newest term reported in this epoch; 0: none. Never goes back (L1)
 * @param elected the node reported for {@code term}; kept when its lease ends, so that no second leader of the same
 *     term is ever reported (L2)
 * @param leader the current leader; none when its lease has ended (L3)
 * @param since when {@code leader} was first reported, or its lease ended
 */
public record LeaderRegister(
        long term,
        @Nullable NodeId elected,
        @Nullable Session leader,
        Instant since,
        @Nullable LeaderConflict conflict) {

    /** Returns a register without any report. */
    public static LeaderRegister empty(Instant since) {
        return new LeaderRegister(0, null, null, since, null);
    }

    public Optional<Session> current() {
        return Optional.ofNullable(leader);
    }

    /** Makes the founder the leader until the first report (B6). */
    public LeaderRegister founded(Session founder, Instant at) {
        return new LeaderRegister(term, elected, founder, at, null);
    }

    /** Clears the leader because its lease ended (L3). */
    public LeaderRegister vacated(Instant at) {
        return new LeaderRegister(term, elected, null, at, conflict);
    }

    public LeaderVerdict judge(LeaderClaim claim) {
        if (claim.term() == 0) {
            return term == 0 ? accept(claim) : refuse("none", "> " + term, null); // L4
        }
        if (claim.term() > term) {
            return accept(claim);
        }
        if (claim.term() < term) {
            return refuse(claim.term(), "> " + term, null); // L1
        }
        if (!claim.leader().node().equals(elected)) {
            return refuse(claim.term(), "> " + term, conflictWith(claim)); // L2
        }
        if (claim.leader().equals(leader) || claim.isBySelf()) {
            return accept(claim);
        }
        // It has registered again since: only the node itself knows whether it still leads or has restarted as a
        // follower.
        return refuse(claim.term(), "> " + term + ", or said by node " + elected + " itself", null);
    }

    private LeaderVerdict accept(LeaderClaim claim) {
        if (claim.leader().equals(leader) && claim.term() == term) {
            return new LeaderVerdict(true, this, "");
        }
        NodeId winner = claim.term() == 0 ? null : claim.leader().node();
        LeaderConflict kept = claim.term() == term ? conflict : null;
        return new LeaderVerdict(true, new LeaderRegister(claim.term(), winner, claim.leader(), claim.at(), kept), "");
    }

    private LeaderVerdict refuse(Object said, String expected, @Nullable LeaderConflict found) {
        LeaderRegister after = found == null ? this : new LeaderRegister(term, elected, leader, since, found);
        return new LeaderVerdict(false, after, "term: " + said + " (expected: " + expected + ledBy() + ")");
    }

    private @Nullable LeaderConflict conflictWith(LeaderClaim claim) {
        boolean known = conflict != null
                && conflict.term() == term
                && conflict.claimant().equals(claim.leader().node());
        return known ? conflict : new LeaderConflict(term, claim.leader().node(), claim.reporter(), claim.at());
    }

    private String ledBy() {
        return elected == null ? "" : ", led by node " + elected;
    }
}

package io.rollcall.server.registry;

import io.rollcall.server.leader.LeaderClaim;
import io.rollcall.server.leader.LeaderVerdict;
import io.rollcall.server.namespace.NodeId;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Reports the leader of a namespace (L1 to L4). The first accepted report confirms the bootstrap (B3); reports by
 * members of an earlier epoch are refused, as they do not concern this cluster.
 *
 * @param incarnationNumber the reporter's session; 0: the implicit one
 * @param term 1 or more; 0: not given
 * @param now the wall clock, for display
 */
public record ReportLeader(NodeId reporter, long incarnationNumber, NodeId leader, long term, Instant now)
        implements Command<ReportLeader.Report> {

    /** @param message on failure, what would have been accepted */
    public record Report(boolean accepted, String message, NamespaceState state) {}

    @Override
    public String name() {
        return "UpdateLeader";
    }

    @Override
    public Map<String, Object> asked() {
        return Map.of("leader", leader.value(), "incarnation", incarnationNumber, "term", term);
    }

    @Override
    public Optional<String> objection(Report report) {
        return report.accepted() ? Optional.empty() : Optional.of(report.message());
    }

    @Override
    public Report decide(Draft draft) {
        NamespaceState before = draft.state();
        Optional<Node> by = before.live(reporter)
                .filter(node -> node.session().incarnation().isNamedBy(incarnationNumber));
        if (by.isEmpty()) {
            return new Report(false, "node " + reporter + ": not registered in this session", before);
        }
        Optional<Node> named = before.live(leader);
        if (named.isEmpty()) {
            return new Report(false, "leader_id: " + leader + " (expected: a registered node)", before);
        }
        long epoch = before.bootstrap().epoch();
        if (by.get().epoch() != epoch || named.get().epoch() != epoch) {
            return new Report(false, "epoch: registered before epoch " + epoch + " (expected: register anew)", before);
        }
        LeaderVerdict verdict =
                before.leader().judge(new LeaderClaim(reporter, named.get().session(), term, now));
        draft.set(verdict.after());
        if (verdict.accepted()) {
            draft.set(before.bootstrap().asConfirmed());
        }
        return new Report(verdict.accepted(), verdict.message(), draft.state());
    }
}

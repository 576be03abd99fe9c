package io.rollcall.server.registry;

import io.rollcall.server.failure.Refusal;
import io.rollcall.server.leader.LeaderRegister;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Lets the cluster be founded again, on an operator's request (B4): opens the next epoch, whose terms start over.
 *
 * <p>Sessions with a chosen incarnation continue; their clients see the higher epoch and register again (B5). Older
 * clients see no epoch, so their implicit sessions end: {@code not_found} makes them register.
 *
 * @param force reset even if members are live
 * @param expectedEpoch the epoch to end; 0: the current one
 * @param reason given by the operator, for the audit log
 * @param now the wall clock, for display
 */
public record ResetBootstrap(boolean force, long expectedEpoch, String reason, Instant now)
        implements Command<NamespaceState> {

    @Override
    public String name() {
        return "ResetBootstrap";
    }

    @Override
    public Map<String, Object> asked() {
        return Map.of("force", force, "epoch", expectedEpoch, "because", reason);
    }

    @Override
    public NamespaceState decide(Draft draft) {
        NamespaceState before = draft.state();
        long epoch = before.bootstrap().epoch();
        if (expectedEpoch != 0 && expectedEpoch != epoch) {
            throw Refusal.EPOCH_PASSED.because(
                    "epoch: " + expectedEpoch + " (expected: " + epoch + ", the current one)");
        }
        if (before.liveCount() > 0 && !force) {
            throw Refusal.MEMBERS_LIVE.because(
                    "force: false (expected: true, for " + before.liveCount() + " members live)");
        }
        List<Node> older = before.liveNodes()
                .filter(node -> node.session().incarnation().implicit())
                .toList();
        for (Node node : older) {
            draft.drop(node.id(), Optional.of(new SessionEnd(node.session().incarnation(), SessionEnd.Reason.RESET)));
        }
        draft.set(Bootstrap.open(Math.addExact(epoch, 1)));
        draft.set(LeaderRegister.empty(now));
        return draft.state();
    }
}

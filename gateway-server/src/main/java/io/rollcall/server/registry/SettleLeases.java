package io.rollcall.server.registry;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Applies the verdicts of a lease sweep to the namespace. Returns how many took effect: verdicts about sessions that
 * are gone or have changed since do not.
 */
public record SettleLeases(List<LeaseVerdict> verdicts, Instant now) implements Command<Integer> {
    public SettleLeases {
        verdicts = List.copyOf(verdicts);
    }

    @Override
    public String name() {
        return "LeaseSweep";
    }

    @Override
    public Map<String, Object> asked() {
        return Map.of();
    }

    @Override
    public Integer decide(Draft draft) {
        int settled = 0;
        for (LeaseVerdict verdict : verdicts) {
            Optional<Node> node = draft.state().node(verdict.session().node()).filter(entry -> entry.session()
                    .equals(verdict.session()));
            if (node.isPresent() && settle(draft, node.get(), verdict)) {
                settled++;
            }
        }
        return settled;
    }

    private boolean settle(Draft draft, Node node, LeaseVerdict verdict) {
        NodeStatus status = node.status();
        switch (verdict.kind()) {
            case SUSPECT -> {
                return status == NodeStatus.ACTIVE && put(draft, node, NodeStatus.SUSPECTED);
            }
            case RECOVER -> {
                return status == NodeStatus.SUSPECTED && put(draft, node, NodeStatus.ACTIVE);
            }
            case EXPIRE -> {
                if (!node.isLive()) {
                    return false;
                }
                draft.put(
                        node.with(NodeStatus.FAILED, now),
                        new SessionEnd(node.session().incarnation(), SessionEnd.Reason.EXPIRED));
                draft.vacateLeaderOf(node, now);
                return true;
            }
            case FORGET -> {
                if (node.isLive()) {
                    return false;
                }
                draft.drop(node.id(), Optional.empty());
                return true;
            }
        }
        throw new IllegalStateException("unknown verdict " + verdict.kind());
    }

    private boolean put(Draft draft, Node node, NodeStatus status) {
        draft.put(node.with(status, now));
        return true;
    }
}

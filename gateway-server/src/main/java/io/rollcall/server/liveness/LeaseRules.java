package io.rollcall.server.liveness;

import io.rollcall.server.config.LeaseConfig;
import io.rollcall.server.liveness.Lease.BrokenStream;
import io.rollcall.server.registry.LeaseVerdict;
import io.rollcall.server.registry.LeaseVerdict.Kind;
import io.rollcall.server.registry.Node;
import io.rollcall.server.registry.NodeStatus;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * What a lease's silence means for its node: pure questions to the lease and the {@link Presence}. Each verdict carries
 * the same question again, for the writer's thread.
 */
final class LeaseRules {
    private final Presence presence;
    private final long timeout;
    private final long suspectAfter;
    private final long streamGrace;
    private final long failedRetention;
    private final long nearlyOverdue;

    LeaseRules(LeaseConfig config, Presence presence) {
        this.presence = presence;
        this.timeout = config.nodeTimeout().toNanos();
        this.suspectAfter = config.suspectAfter().toNanos();
        this.streamGrace = config.streamGrace().toNanos();
        this.failedRetention = config.failedRetention().toNanos();
        // Nodes that fall silent at once are overdue within one interval of each other.
        this.nearlyOverdue = Math.max(timeout - config.heartbeatInterval().toNanos(), Math.min(suspectAfter, timeout));
    }

    /** Silent for longer than the node timeout, and not ended yet. */
    boolean isOverdue(Lease lease) {
        return !lease.hasEnded() && silence(lease) > timeout;
    }

    /** Overdue, or within a heartbeat interval of it. */
    boolean isNearlyOverdue(Lease lease) {
        return !lease.hasEnded() && silence(lease) > nearlyOverdue;
    }

    /** Nanoseconds of silence while the gateway was there. */
    long silence(Lease lease) {
        return presence.since(lease.lastBeat());
    }

    Optional<LeaseVerdict> judge(Node node, Lease lease) {
        if (!node.isLive()) {
            return presence.now() - lease.endedAt() > failedRetention
                    ? verdict(lease, Kind.FORGET, lease::hasEnded)
                    : Optional.empty();
        }
        if (lease.hasEnded() || isOverdue(lease)) {
            return Optional.of(expiry(lease));
        }
        return judgeRunning(node, lease);
    }

    /** What becomes of an overdue lease that may not expire yet. */
    Optional<LeaseVerdict> held(Node node, Lease lease) {
        return node.status() == NodeStatus.ACTIVE ? suspicion(lease) : Optional.empty();
    }

    private Optional<LeaseVerdict> judgeRunning(Node node, Lease lease) {
        boolean isSilent = silence(lease) > suspectAfter;
        if (node.status() == NodeStatus.ACTIVE) {
            return isSilent ? suspicion(lease) : afterBrokenStream(lease);
        }
        return !isSilent && lease.wasHeardSinceSuspected()
                ? verdict(lease, Kind.RECOVER, lease::wasHeardSinceSuspected)
                : Optional.empty();
    }

    private Optional<LeaseVerdict> suspicion(Lease lease) {
        return verdict(
                lease,
                Kind.SUSPECT,
                () -> lease.suspectIf(beat -> presence.since(beat) > Math.min(suspectAfter, timeout)));
    }

    private Optional<LeaseVerdict> afterBrokenStream(Lease lease) {
        BrokenStream broken = lease.brokenStream();
        return broken != null && presence.since(broken.at()) > streamGrace
                ? verdict(lease, Kind.SUSPECT, () -> lease.suspectIf(beat -> beat == broken.beat()))
                : Optional.empty();
    }

    private LeaseVerdict expiry(Lease lease) {
        return new LeaseVerdict(
                lease.session(), Kind.EXPIRE, () -> lease.endIf(beat -> presence.since(beat) > timeout));
    }

    private static Optional<LeaseVerdict> verdict(Lease lease, Kind kind, BooleanSupplier stillHolds) {
        return Optional.of(new LeaseVerdict(lease.session(), kind, stillHolds));
    }
}

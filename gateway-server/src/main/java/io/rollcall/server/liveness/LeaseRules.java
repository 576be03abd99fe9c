package io.rollcall.server.liveness;

import io.rollcall.server.config.Setting;
import io.rollcall.server.config.Settings;
import io.rollcall.server.liveness.Lease.BrokenStream;
import io.rollcall.server.registry.LeaseVerdict;
import io.rollcall.server.registry.LeaseVerdict.Kind;
import io.rollcall.server.registry.Node;
import io.rollcall.server.registry.NodeStatus;
import java.time.Duration;
import java.util.Optional;

/**
 * Decides for the sweep what a lease's silence means for its node, given the {@link GatewayPauses}. A lease found
 * overdue is sealed with the same compare-and-set, so that no heartbeat can slip in between.
 */
final class LeaseRules {
    private final GatewayPauses pauses;
    private final long timeout;
    private final long suspectAfter;
    private final long shortestSilence;
    private final long streamGrace;
    private final long failedRetention;
    private final long nearlyOverdue;

    LeaseRules(Settings settings, GatewayPauses pauses) {
        this.pauses = pauses;
        this.timeout = settings.get(Setting.NODE_TIMEOUT).toNanos();
        this.suspectAfter = suspectAfter(settings).toNanos();
        this.shortestSilence = Math.min(suspectAfter, timeout);
        this.streamGrace = settings.get(Setting.STREAM_GRACE).toNanos();
        this.failedRetention = settings.get(Setting.FAILED_RETENTION).toNanos();
        // Nodes that fall silent at once are overdue within one interval of each other.
        this.nearlyOverdue =
                Math.max(timeout - settings.get(Setting.HEARTBEAT_INTERVAL).toNanos(), shortestSilence);
    }

    /** Returns the silence after which a node is suspected. */
    static Duration suspectAfter(Settings settings) {
        return settings.get(Setting.SUSPECT_AFTER)
                .orElse(settings.get(Setting.HEARTBEAT_INTERVAL).multipliedBy(5).dividedBy(2));
    }

    /**
     * Returns whether there is nothing to decide about a lease: it runs, or its node has failed not long ago. This takes
     * no look at the node, which would be most of a sweep over a million.
     *
     * @param now the time when the sweep began
     */
    boolean isInOrder(Lease lease, long now) {
        if (lease.hasEnded()) {
            return now - lease.endedAt() <= failedRetention;
        }
        return now - lease.lastBeat() <= shortestSilence
                && lease.isRunning()
                && !lease.isSuspected()
                && lease.brokenStream() == null;
    }

    /** Returns whether a node is silent for longer than the node timeout and its lease still runs. */
    boolean isOverdue(Lease lease) {
        return lease.isRunning() && silence(lease) > timeout;
    }

    /** Returns whether a lease is overdue, or within a heartbeat interval of it. */
    boolean isNearlyOverdue(Lease lease) {
        return !lease.hasEnded() && silence(lease) > nearlyOverdue;
    }

    /** Returns the nanoseconds of silence, without the gateway's pauses. */
    long silence(Lease lease) {
        return pauses.since(lease.lastBeat());
    }

    /** Returns the verdict on a node. Seals the lease if it expires; the caller must then end or unseal it. */
    Optional<LeaseVerdict> judge(Node node, Lease lease) {
        if (!node.isLive()) {
            return lease.hasEnded() && pauses.now() - lease.endedAt() > failedRetention
                    ? verdict(lease, Kind.FORGET)
                    : Optional.empty();
        }
        if (lease.sealIf(beat -> pauses.since(beat) > timeout)) {
            return verdict(lease, Kind.EXPIRE);
        }
        return lease.isRunning() ? judgeRunning(node, lease) : Optional.empty();
    }

    /** Returns the verdict on an overdue lease that may not expire yet. */
    Optional<LeaseVerdict> held(Node node, Lease lease) {
        return node.status() == NodeStatus.ACTIVE ? suspicion(lease) : Optional.empty();
    }

    private Optional<LeaseVerdict> judgeRunning(Node node, Lease lease) {
        boolean isSilent = silence(lease) > suspectAfter;
        if (node.status() == NodeStatus.ACTIVE) {
            return isSilent ? suspicion(lease) : afterBrokenStream(lease);
        }
        return !isSilent && lease.wasHeardSinceSuspected() ? verdict(lease, Kind.RECOVER) : Optional.empty();
    }

    private Optional<LeaseVerdict> suspicion(Lease lease) {
        return lease.suspectIf(beat -> pauses.since(beat) > shortestSilence)
                ? verdict(lease, Kind.SUSPECT)
                : Optional.empty();
    }

    private Optional<LeaseVerdict> afterBrokenStream(Lease lease) {
        BrokenStream broken = lease.brokenStream();
        return broken != null
                        && pauses.since(broken.at()) > streamGrace
                        && lease.suspectIf(beat -> beat == broken.beat())
                ? verdict(lease, Kind.SUSPECT)
                : Optional.empty();
    }

    private static Optional<LeaseVerdict> verdict(Lease lease, Kind kind) {
        return Optional.of(new LeaseVerdict(lease.session(), kind));
    }
}

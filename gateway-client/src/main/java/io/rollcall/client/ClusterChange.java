package io.rollcall.client;

import io.rollcall.v1.LeaderState;
import io.rollcall.v1.WatchChange;
import java.util.Optional;
import java.util.OptionalInt;

/** One step of a namespace's history, as a {@link ClusterWatch} heard of it: exactly one revision. */
public sealed interface ClusterChange {

    /** One more than that of the change before. */
    long revision();

    /** A node registered, or its status or details changed. */
    record NodeChanged(long revision, Node node) implements ClusterChange {}

    /** A node is no longer on view. */
    record NodeGone(long revision, int nodeId) implements ClusterChange {}

    /** Another leader, none any more, a newer term or a conflict. */
    record LeaderChanged(long revision, Leader leader) implements ClusterChange {}

    /** The founding of the cluster was granted, passed on or confirmed; or an operator reset it. */
    record FoundingChanged(long revision, Founding founding) implements ClusterChange {}

    /**
     * Who leads, as far as the members have reported.
     *
     * @param nodeId empty: none is known
     * @param term the Raft term on record; 0: none. It stays when the leader's lease ends
     * @param conflict set where somebody else was reported for the same term
     */
    record Leader(OptionalInt nodeId, long term, Optional<Leadership.Conflict> conflict) {

        static Leader of(LeaderState state) {
            return new Leader(
                    idOf(state.getLeaderId()),
                    state.getTerm(),
                    state.hasConflict() ? Optional.of(Leadership.conflict(state.getConflict())) : Optional.empty());
        }
    }

    /**
     * Who founds the cluster.
     *
     * @param epoch counts the foundings
     * @param nodeId who was told to; empty: nobody, or it is not known
     * @param confirmed for good: nobody else is told in this epoch
     */
    record Founding(long epoch, OptionalInt nodeId, boolean confirmed) {

        static Founding of(io.rollcall.v1.BootstrapState state) {
            return new Founding(state.getEpoch(), idOf(state.getFounderId()), state.getConfirmed());
        }
    }

    /** Empty: a newer gateway's kind of change, which this client has no word for. */
    static Optional<ClusterChange> of(WatchChange change) {
        long revision = change.getRevision();
        return Optional.ofNullable(
                switch (change.getChangeCase()) {
                    case NODE -> new NodeChanged(revision, Node.of(change.getNode()));
                    case GONE -> new NodeGone(revision, change.getGone());
                    case LEADER -> new LeaderChanged(revision, Leader.of(change.getLeader()));
                    case BOOTSTRAP -> new FoundingChanged(revision, Founding.of(change.getBootstrap()));
                    case CHANGE_NOT_SET -> null;
                });
    }

    private static OptionalInt idOf(int nodeId) {
        return nodeId == 0 ? OptionalInt.empty() : OptionalInt.of(nodeId);
    }
}

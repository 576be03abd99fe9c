package io.rollcall.client;

import io.rollcall.v1.LeaderState;
import io.rollcall.v1.WatchChange;
import java.util.Optional;
import java.util.OptionalInt;

/** One change of a namespace, received by a {@link ClusterWatch}: exactly one revision. */
public sealed interface ClusterChange {

    /** Returns the revision, one more than that of the previous change. */
    long revision();

    /** A node registered, or its status or details changed. */
    record NodeChanged(long revision, Node node) implements ClusterChange {}

    /** A node is no longer listed. */
    record NodeGone(long revision, int nodeId) implements ClusterChange {}

    /** A new leader, the loss of the leader, a newer term or a conflict. */
    record LeaderChanged(long revision, Leader leader) implements ClusterChange {}

    /** The founding of the cluster was granted, transferred, confirmed or reset by an operator. */
    record FoundingChanged(long revision, Founding founding) implements ClusterChange {}

    /**
     * The leader, as reported by the members.
     *
     * @param nodeId the leader's id; empty: unknown
     * @param term the Raft term on record; 0: none. It stays when the leader's lease ends
     * @param conflict set if another node was reported for the same term
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
     * The founding of the cluster.
     *
     * @param epoch counts the foundings
     * @param nodeId the node told to found it; empty: none, or unknown
     * @param confirmed final: no other node is told to found in this epoch
     */
    record Founding(long epoch, OptionalInt nodeId, boolean confirmed) {

        static Founding of(io.rollcall.v1.BootstrapState state) {
            return new Founding(state.getEpoch(), idOf(state.getFounderId()), state.getConfirmed());
        }
    }

    /** Converts a change; empty for a kind that only newer clients know. */
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

package io.rollcall.client;

import io.rollcall.v1.NodeInfo;
import io.rollcall.v1.WatchChange;
import io.rollcall.v1.WatchNodesRequest;
import io.rollcall.v1.WatchNodesResponse;
import io.rollcall.v1.WatchSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Builds a view from a watch's stream, and rejects a stream with gaps. The view is kept until a new snapshot is
 * complete. Used by the watch's thread; any thread reads {@link #view}.
 */
final class WatchedCluster {

    /** Thrown when a stream has a gap. The watch then takes a new snapshot. */
    static final class GapException extends RuntimeException {
        private static final long serialVersionUID = 1;

        GapException(String message) {
            super(message, null, false, false);
        }
    }

    private volatile @Nullable ClusterView view;
    /** The parts of a snapshot received so far; null: none has begun. */
    private @Nullable SortedMap<Integer, Node> parts;

    private @Nullable Revision partsAt;
    /** Whether the next message on this stream must be a snapshot. */
    private boolean awaitsSnapshot;

    @Nullable
    ClusterView view() {
        return view;
    }

    /**
     * Begins a new stream: requests the changes since the view, or a snapshot if there is no view or it is not trusted.
     */
    WatchNodesRequest begin(boolean trusted) {
        parts = null;
        partsAt = null;
        ClusterView known = view;
        awaitsSnapshot = known == null || !trusted;
        WatchNodesRequest.Builder request = WatchNodesRequest.newBuilder();
        if (known != null && trusted) {
            request.setAfterRevision(known.at().number())
                    .setRegistryId(known.at().registryId())
                    .setBranch(known.at().branch());
        }
        return request.build();
    }

    /**
     * Applies a message and notifies the listener of the changes.
     *
     * @throws GapException if a message before it is missing; the view is unchanged
     */
    void take(WatchNodesResponse message, WatchListener listener) {
        Revision at = Revision.of(message);
        switch (message.getEventCase()) {
            case RESYNC -> {
                awaitsSnapshot = true;
                parts = null;
            }
            case SNAPSHOT -> part(message.getSnapshot(), at, listener);
            case CHANGES -> changes(message.getChanges().getChangesList(), at, listener);
            case PROGRESS -> sameAs(at);
            case EVENT_NOT_SET -> throw new GapException("a message that this client has no word for");
        }
    }

    private void part(WatchSnapshot part, Revision at, WatchListener listener) {
        if (!awaitsSnapshot) {
            throw new GapException("a snapshot that was not announced");
        }
        SortedMap<Integer, Node> nodes = parts;
        if (nodes == null) {
            nodes = new TreeMap<>();
            parts = nodes;
            partsAt = at;
        } else if (!at.equals(partsAt)) {
            throw new GapException("a snapshot of two revisions: " + partsAt + " and " + at);
        }
        for (NodeInfo node : part.getNodesList()) {
            nodes.put(node.getNodeId(), Node.of(node));
        }
        if (part.getComplete()) {
            parts = null;
            awaitsSnapshot = false;
            ClusterView taken = new ClusterView(
                    nodes,
                    ClusterChange.Leader.of(part.getLeader()),
                    ClusterChange.Founding.of(part.getBootstrap()),
                    at);
            view = taken;
            listener.taken(taken);
        }
    }

    private void changes(List<WatchChange> messages, Revision at, WatchListener listener) {
        ClusterView before = known();
        SortedMap<Integer, Node> nodes = new TreeMap<>(before.nodes());
        ClusterChange.Leader leader = before.leader();
        ClusterChange.Founding founding = before.founding();
        List<ClusterChange> changes = new ArrayList<>(messages.size());
        long last = before.at().number();
        for (WatchChange message : messages) {
            if (message.getRevision() != ++last) {
                throw new GapException("revision " + message.getRevision() + " (expected: " + last + ")");
            }
            ClusterChange change = ClusterChange.of(message)
                    .orElseThrow(() -> new GapException("a change that this client has no word for"));
            if (change instanceof ClusterChange.NodeChanged changed) {
                nodes.put(changed.node().id(), changed.node());
            } else if (change instanceof ClusterChange.NodeGone gone) {
                nodes.remove(gone.nodeId());
            } else if (change instanceof ClusterChange.LeaderChanged changed) {
                leader = changed.leader();
            } else if (change instanceof ClusterChange.FoundingChanged changed) {
                founding = changed.founding();
            }
            changes.add(change);
        }
        if (changes.isEmpty()
                || at.number() != last
                || !at.registryId().equals(before.at().registryId())) {
            throw new GapException("changes up to " + last + " said to be " + at);
        }
        ClusterView after = new ClusterView(nodes, leader, founding, at);
        view = after;
        listener.changed(List.copyOf(changes), after);
    }

    private void sameAs(Revision at) {
        Revision mine = known().at();
        boolean isSameBranch = at.branch() == mine.branch() || at.branch() == 0 || mine.branch() == 0;
        if (at.number() != mine.number() || !at.registryId().equals(mine.registryId()) || !isSameBranch) {
            throw new GapException("nothing new at " + at + " (expected: " + mine + ")");
        }
    }

    private ClusterView known() {
        ClusterView known = view;
        if (known == null || awaitsSnapshot) {
            throw new GapException("a snapshot was due");
        }
        return known;
    }
}

package io.rollcall.server.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.v1.BootstrapState;
import io.rollcall.v1.LeaderState;
import io.rollcall.v1.NodeInfo;
import io.rollcall.v1.WatchChange;
import io.rollcall.v1.WatchNodesRequest;
import io.rollcall.v1.WatchNodesResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A watcher that takes the contract at its word: it applies each message, and fails the test on a gap, a duplicate, an
 * epoch that goes back or a message out of place. Without {@code last_seen}, which is no part of the revision.
 */
public final class Replay {
    private final boolean remembers;
    private final List<WatchChange> applied = new ArrayList<>();
    private final SortedMap<Integer, NodeInfo> parts = new TreeMap<>();
    private SortedMap<Integer, NodeInfo> nodes = new TreeMap<>();
    private LeaderState leader = LeaderState.getDefaultInstance();
    private BootstrapState bootstrap = BootstrapState.getDefaultInstance();
    private String registryId = "";
    private long branch;
    private long revision = -1;
    private long epoch;
    private boolean awaitsSnapshot = true;
    private int snapshots;
    private int resyncs;

    public Replay() {
        this(true);
    }

    /** @param remembers whether it keeps each change that it applied */
    Replay(boolean remembers) {
        this.remembers = remembers;
    }

    /** What to ask for now: the rest, or everything. */
    public WatchNodesRequest request() {
        awaitsSnapshot = revision < 0;
        parts.clear();
        return awaitsSnapshot
                ? WatchNodesRequest.getDefaultInstance()
                : WatchNodesRequest.newBuilder()
                        .setAfterRevision(revision)
                        .setRegistryId(registryId)
                        .setBranch(branch)
                        .build();
    }

    public synchronized void take(WatchNodesResponse message) {
        assertThat(message.getEpoch()).as("epoch").isGreaterThanOrEqualTo(epoch);
        epoch = message.getEpoch();
        switch (message.getEventCase()) {
            case RESYNC -> {
                assertThat(message.getResync().getReason()).isNotEmpty();
                awaitsSnapshot = true;
                resyncs++;
            }
            case SNAPSHOT -> part(message);
            case CHANGES -> {
                assertThat(awaitsSnapshot).as("a snapshot is due").isFalse();
                message.getChanges().getChangesList().forEach(this::apply);
            }
            case PROGRESS -> assertThat(awaitsSnapshot).as("a snapshot is due").isFalse();
            case EVENT_NOT_SET -> throw new AssertionError("an empty message");
        }
        if (!awaitsSnapshot) {
            assertThat(message.getRevision()).isEqualTo(revision);
        }
        registryId = message.getRegistryId();
        branch = message.getBranch();
        assertThat(branch).as("branch").isNotZero();
    }

    private void part(WatchNodesResponse message) {
        assertThat(awaitsSnapshot).as("a snapshot was announced").isTrue();
        message.getSnapshot().getNodesList().forEach(node -> assertThat(parts.put(node.getNodeId(), timeless(node)))
                .isNull());
        if (message.getSnapshot().getComplete()) {
            nodes = new TreeMap<>(parts);
            leader = message.getSnapshot().getLeader();
            bootstrap = message.getSnapshot().getBootstrap();
            revision = message.getRevision();
            parts.clear();
            awaitsSnapshot = false;
            snapshots++;
        }
    }

    private void apply(WatchChange change) {
        assertThat(change.getRevision()).as("neither gap nor duplicate").isEqualTo(revision + 1);
        revision = change.getRevision();
        if (remembers) {
            applied.add(timeless(change));
        }
        switch (change.getChangeCase()) {
            case NODE -> nodes.put(change.getNode().getNodeId(), timeless(change.getNode()));
            case GONE ->
                assertThat(nodes.remove(change.getGone())).as("it was there").isNotNull();
            case LEADER -> leader = change.getLeader();
            case BOOTSTRAP -> bootstrap = change.getBootstrap();
            case CHANGE_NOT_SET -> throw new AssertionError("an empty change");
        }
    }

    /** The change without what is no part of its revision. */
    public static WatchChange timeless(WatchChange change) {
        return change.hasNode()
                ? change.toBuilder().setNode(timeless(change.getNode())).build()
                : change;
    }

    static NodeInfo timeless(NodeInfo node) {
        return node.toBuilder().clearLastSeen().build();
    }

    public synchronized long revision() {
        return revision;
    }

    /** All changes applied, in that order. */
    public synchronized List<WatchChange> applied() {
        return List.copyOf(applied);
    }

    /** All that it has a view of. */
    public synchronized List<Object> view() {
        return List.of(revision, List.copyOf(nodes.values()), leader, bootstrap);
    }

    public synchronized int snapshots() {
        return snapshots;
    }

    public synchronized int resyncs() {
        return resyncs;
    }
}

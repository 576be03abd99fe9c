package io.rollcall.server.watch;

import io.rollcall.server.namespace.Incarnation;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.namespace.Session;
import io.rollcall.server.registry.Bootstrap;
import io.rollcall.server.registry.Change;
import io.rollcall.server.registry.LogEntry;
import io.rollcall.server.registry.NamespaceState;
import io.rollcall.server.registry.Node;
import io.rollcall.server.registry.NodeDetails;
import io.rollcall.server.registry.NodeStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A namespace whose history the test writes, change by change, into a feed. */
final class HandWrittenNamespace {
    static final NamespaceName NAME = new NamespaceName("alpha");
    private static final int NODES = 7;

    private final Feed feed;
    private NamespaceState state = NamespaceState.empty(Instant.EPOCH);
    private final List<LogEntry> uncommitted = new ArrayList<>();
    private final List<LogEntry> committed = new ArrayList<>();

    HandWrittenNamespace(Feed feed) {
        this.feed = feed;
        feed.begin(NAME, state, List.of());
    }

    long revision() {
        return state.revision();
    }

    /** Some node changes; every seventh it is another one. */
    HandWrittenNamespace change(int times) {
        for (int i = 0; i < times; i++) {
            node((int) (state.revision() % NODES) + 1);
            commit();
        }
        return this;
    }

    HandWrittenNamespace node(int id) {
        Session session = new Session(NodeId.of(id), new Incarnation(id, false));
        NodeDetails details = new NodeDetails("10.0.0." + id, 5000, List.of(), Map.of());
        return add(new Change.NodeChanged(
                new Node(
                        session,
                        details,
                        NodeStatus.ACTIVE,
                        Instant.EPOCH,
                        state.bootstrap().epoch(),
                        Instant.EPOCH,
                        state.revision() + 1),
                Optional.empty()));
    }

    HandWrittenNamespace raiseEpoch() {
        return add(new Change.BootstrapChanged(
                state.revision() + 1, new Bootstrap(state.bootstrap().epoch() + 1, null, false)));
    }

    /** A defect: revisions that nobody is told of. */
    HandWrittenNamespace lose() {
        node(1).uncommitted.clear();
        return this;
    }

    private HandWrittenNamespace add(Change change) {
        state = change.applyTo(state);
        uncommitted.add(new LogEntry(change, state.bootstrap().epoch()));
        return this;
    }

    /** Publishes what was added as one batch. */
    void commit() {
        feed.committed(NAME, state, List.copyOf(uncommitted));
        committed.addAll(uncommitted);
        uncommitted.clear();
    }

    /** Begins with so many of its latest changes, as after a restart. */
    void beginIn(Feed another, int known) {
        another.begin(NAME, state, committed.subList(committed.size() - known, committed.size()));
    }
}

package io.rollcall.server.registry;

import io.rollcall.server.leader.LeaderRegister;
import io.rollcall.server.namespace.NodeId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The pending changes of one command: the state so far and its log entries, each numbered with the next revision. Used
 * by one thread and discarded when the command is refused.
 */
public final class Draft {
    private NamespaceState state;
    private final List<LogEntry> entries = new ArrayList<>(3);

    public Draft(NamespaceState state) {
        this.state = state;
    }

    public NamespaceState state() {
        return state;
    }

    public List<LogEntry> entries() {
        return entries;
    }

    void put(Node node) {
        add(new Change.NodeChanged(node.at(next()), Optional.empty()));
    }

    void put(Node node, SessionEnd ended) {
        add(new Change.NodeChanged(node.at(next()), Optional.of(ended)));
    }

    void drop(NodeId node, Optional<SessionEnd> ended) {
        add(new Change.NodeGone(next(), node, ended));
    }

    void set(LeaderRegister leader) {
        if (!leader.equals(state.leader())) {
            add(new Change.LeaderChanged(next(), leader));
        }
    }

    void set(Bootstrap bootstrap) {
        if (!bootstrap.equals(state.bootstrap())) {
            add(new Change.BootstrapChanged(next(), bootstrap));
        }
    }

    /** Clears the leader if its session has ended (L3). */
    void vacateLeaderOf(Node ended, Instant now) {
        if (ended.session().equals(state.leader().leader())) {
            set(state.leader().vacated(now));
        }
    }

    private long next() {
        return state.revision() + 1;
    }

    private void add(Change change) {
        state = change.applyTo(state);
        entries.add(new LogEntry(change, state.bootstrap().epoch()));
    }
}

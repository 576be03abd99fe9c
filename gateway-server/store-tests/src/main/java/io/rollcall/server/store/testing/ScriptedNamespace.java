package io.rollcall.server.store.testing;

import io.rollcall.server.leader.LeaderConflict;
import io.rollcall.server.leader.LeaderRegister;
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
import io.rollcall.server.registry.RegistryStore.NamespaceChanges;
import io.rollcall.server.registry.SessionEnd;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Generates a namespace's changes for tests, scripted or random, batch by batch. Used by one thread. */
public final class ScriptedNamespace {
    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00.123456789Z");
    private static final List<String> ODD_TEXTS = List.of(
            "", "plain", "with \"quotes\" and 'more'", "ünïcödé 漢字 🚀", "line\nbreak\tand \\", "x".repeat(2_000));

    private final NamespaceName name;
    private final List<LogEntry> uncommitted = new ArrayList<>();
    private NamespaceState state = NamespaceState.empty(NOW);

    public ScriptedNamespace(String name) {
        this.name = new NamespaceName(name);
    }

    /** Sets the branch of later changes. */
    public ScriptedNamespace startAs(long branch) {
        state = state.startedAs(branch);
        return this;
    }

    public NamespaceName name() {
        return name;
    }

    /** Returns the state with all changes so far, taken or not. */
    public NamespaceState state() {
        return state;
    }

    /** Registers a node in a new session; its previous session ends. */
    public ScriptedNamespace register(int id, long incarnation) {
        return put(id, incarnation, NodeStatus.ACTIVE, new NodeDetails("10.0.0.1", 5000, List.of("raft"), Map.of()));
    }

    /** Registers a node with details of this size. */
    public ScriptedNamespace registerLarge(int id, long incarnation, int bytes) {
        return put(
                id,
                incarnation,
                NodeStatus.ACTIVE,
                new NodeDetails("10.0.0.1", 5000, List.of("raft"), Map.of("note", "x".repeat(bytes))));
    }

    public ScriptedNamespace remove(int id) {
        Optional<SessionEnd> ended = state.node(NodeId.of(id))
                .map(node -> new SessionEnd(node.session().incarnation(), SessionEnd.Reason.REMOVED));
        return add(new Change.NodeGone(next(), NodeId.of(id), ended));
    }

    public ScriptedNamespace lead(int id, long term) {
        Session session = state.node(NodeId.of(id)).orElseThrow().session();
        return add(new Change.LeaderChanged(next(), new LeaderRegister(term, NodeId.of(id), session, NOW, null)));
    }

    public ScriptedNamespace raiseEpoch() {
        Bootstrap raised = new Bootstrap(state.bootstrap().epoch() + 1, null, false);
        return add(new Change.BootstrapChanged(next(), raised));
    }

    /** Makes random changes of all kinds. */
    public ScriptedNamespace changeAtRandom(Random random, int times) {
        for (int i = 0; i < times; i++) {
            int id = 1 + random.nextInt(30);
            int kind = random.nextInt(10);
            if (kind == 0) {
                conflict(random);
            } else if (kind == 1) {
                found(random);
            } else if (kind < 4 && state.node(NodeId.of(id)).isPresent()) {
                remove(id);
            } else {
                put(id, random.nextLong() | 1, any(NodeStatus.values(), random), details(random));
            }
        }
        return this;
    }

    private void conflict(Random random) {
        Session leader = random.nextBoolean() ? session(random) : null;
        LeaderConflict conflict = random.nextBoolean()
                ? new LeaderConflict(1 + random.nextInt(9), NodeId.of(3), NodeId.of(4), NOW)
                : null;
        add(new Change.LeaderChanged(
                next(), new LeaderRegister(random.nextInt(99), NodeId.of(3), leader, NOW, conflict)));
    }

    private void found(Random random) {
        Session founder = random.nextBoolean() ? session(random) : null;
        add(new Change.BootstrapChanged(
                next(), new Bootstrap(state.bootstrap().epoch() + random.nextInt(3), founder, random.nextBoolean())));
    }

    private static Session session(Random random) {
        return new Session(
                NodeId.of(1 + random.nextInt(30)), new Incarnation(random.nextLong() | 1, random.nextBoolean()));
    }

    private static NodeDetails details(Random random) {
        return new NodeDetails(
                "host-" + random.nextInt(1_000),
                1 + random.nextInt(65_535),
                List.of(any(ODD_TEXTS.toArray(String[]::new), random)),
                Map.of("key", any(ODD_TEXTS.toArray(String[]::new), random)));
    }

    private static <T> T any(T[] of, Random random) {
        return of[random.nextInt(of.length)];
    }

    private ScriptedNamespace put(int id, long incarnation, NodeStatus status, NodeDetails details) {
        Session session = new Session(NodeId.of(id), new Incarnation(incarnation, false));
        Optional<SessionEnd> ended = state.node(session.node())
                .map(node -> new SessionEnd(node.session().incarnation(), SessionEnd.Reason.REPLACED));
        long epoch = state.bootstrap().epoch();
        return add(new Change.NodeChanged(new Node(session, details, status, NOW, epoch, NOW, next()), ended));
    }

    private long next() {
        return state.revision() + 1;
    }

    private ScriptedNamespace add(Change change) {
        state = change.applyTo(state);
        uncommitted.add(new LogEntry(change, state.bootstrap().epoch()));
        return this;
    }

    /** Returns the changes since the last call, as a batch. */
    public NamespaceChanges take() {
        NamespaceChanges changes = new NamespaceChanges(name, uncommitted, state);
        uncommitted.clear();
        return changes;
    }
}

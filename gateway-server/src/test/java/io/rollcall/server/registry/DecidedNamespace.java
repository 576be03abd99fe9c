package io.rollcall.server.registry;

import io.rollcall.server.namespace.Incarnation;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.namespace.Session;
import io.rollcall.server.registry.LeaseVerdict.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A namespace without threads, store or clock: each call decides one command and applies it at once. */
public final class DecidedNamespace {
    static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");

    private NamespaceState state = NamespaceState.empty(NOW);
    private final List<Change> history = new ArrayList<>();

    public NamespaceState state() {
        return state;
    }

    List<Change> history() {
        return history;
    }

    public RegisterNode.Registration register(int node, long incarnation) {
        return register(node, incarnation, 0);
    }

    RegisterNode.Registration register(int node, long incarnation, long memberOfEpoch) {
        NodeDetails details = new NodeDetails("10.0.0." + node, 5000, List.of("raft"), Map.of());
        return decide(
                new RegisterNode(NodeId.of(node), details, incarnation, memberOfEpoch, Registrations.UNBOUNDED, NOW));
    }

    RemoveNode.Removal remove(int node, long incarnation) {
        return decide(new RemoveNode(NodeId.of(node), incarnation, false, NOW));
    }

    RemoveNode.Removal removeAsOperator(int node) {
        return decide(new RemoveNode(NodeId.of(node), 0, true, NOW));
    }

    public ReportLeader.Report report(int reporter, long incarnation, int leader, long term) {
        return decide(new ReportLeader(NodeId.of(reporter), incarnation, NodeId.of(leader), term, NOW));
    }

    NamespaceState reset(boolean force, long epoch) {
        return decide(new ResetBootstrap(force, epoch, "because", NOW));
    }

    boolean settle(Kind kind, int node) {
        Session session = state.node(NodeId.of(node)).orElseThrow().session();
        return decide(new SettleLeases(List.of(new LeaseVerdict(session, kind)), NOW)) == 1;
    }

    public void expire(int node) {
        settle(Kind.EXPIRE, node);
    }

    public void suspect(int node) {
        settle(Kind.SUSPECT, node);
    }

    public void recover(int node) {
        settle(Kind.RECOVER, node);
    }

    int leader() {
        return state.leaderNode().map(Node::id).map(NodeId::value).orElse(0);
    }

    static Session session(int node, long incarnation) {
        return new Session(NodeId.of(node), new Incarnation(incarnation, false));
    }

    /**
     * Each is decided twice, as one whose first commit fails is: the first time must leave nothing behind, and the second
     * come to the same.
     */
    <R> R decide(Command<R> command) {
        Draft failed = new Draft(state);
        R unsaid = command.decide(failed);
        Draft draft = new Draft(state);
        R reply = command.decide(draft);
        if (!reply.equals(unsaid) || !draft.entries().equals(failed.entries())) {
            throw new AssertionError(command + " decided again: " + reply + " (expected: " + unsaid + ")");
        }
        draft.entries().forEach(entry -> history.add(entry.change()));
        state = draft.state();
        return reply;
    }
}

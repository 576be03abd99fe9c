package io.rollcall.server.registry;

import io.rollcall.server.namespace.Incarnation;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.namespace.Session;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The promises as a witness sees them who looks on from the first command: it knows what was told and what was shown,
 * and none of the rules that decide. Each failure names its promise.
 */
final class RegistryInvariants {
    private final Map<Long, Session> toldToFound = new HashMap<>();
    private final Map<Term, NodeId> shownLeader = new HashMap<>();
    private final Set<Session> ended = new HashSet<>();
    private boolean hasTermedReport;

    /** A term of one epoch: a reset begins both anew. */
    private record Term(long epoch, long number) {}

    /** After each step: what was asked, what was answered, what changed. */
    void check(ModelCommand command, String reply, NamespaceState before, NamespaceState after, List<Change> changes) {
        history(before, after, changes);
        counts(after);
        sessions(command, reply, before, after);
        bootstrap(command, reply, before, after);
        leader(command, reply, before, after);
    }

    private static void history(NamespaceState before, NamespaceState after, List<Change> changes) {
        NamespaceState replayed = before;
        for (Change change : changes) {
            require(change.revision() == replayed.revision() + 1, "every change takes one revision", change);
            replayed = change.applyTo(replayed);
            require(replayed.revision() == change.revision(), "the state is at its last change's revision", change);
        }
        require(replayed.equals(after), "the changes give the state", changes);
        for (Node node : after.nodes().values()) {
            boolean isTouched = !node.equals(before.nodes().get(node.id()));
            require(isTouched == node.revision() > before.revision(), "a node knows its last revision", node);
        }
    }

    private static void counts(NamespaceState state) {
        for (NodeStatus status : NodeStatus.values()) {
            long counted = state.nodes().values().stream()
                    .filter(node -> node.status() == status)
                    .count();
            int said =
                    switch (status) {
                        case ACTIVE -> state.liveCount() - state.suspected();
                        case SUSPECTED -> state.suspected();
                        case FAILED -> state.failed();
                    };
            require(counted == said, "the counts match the nodes", status + ": " + said + ", really " + counted);
        }
    }

    /** T2: what has ended is never live nor acknowledged again. */
    private void sessions(ModelCommand command, String reply, NamespaceState before, NamespaceState after) {
        if (command instanceof ModelCommand.Register register && reply.contains("ed, ")) {
            notEnded(register.node(), register.incarnation());
        } else if (command instanceof ModelCommand.Report report && reply.equals("accepted")) {
            notEnded(report.reporter(), report.incarnation());
        } else if (command instanceof ModelCommand.Remove remove && reply.equals("removed") && !remove.byOperator()) {
            notEnded(remove.node(), remove.incarnation());
        }
        Set<Session> live = live(after);
        live(before).stream().filter(session -> !live.contains(session)).forEach(ended::add);
        require(live.stream().noneMatch(ended::contains), "T2: what ended stays ended", live);
    }

    private void notEnded(int node, long incarnation) {
        boolean hasEnded =
                incarnation != 0 && ended.contains(new Session(NodeId.of(node), new Incarnation(incarnation, false)));
        require(!hasEnded, "T2: an ended incarnation is never acknowledged", node + "/" + incarnation);
    }

    private static Set<Session> live(NamespaceState state) {
        return state.liveNodes().map(Node::session).collect(Collectors.toSet());
    }

    private void bootstrap(ModelCommand command, String reply, NamespaceState before, NamespaceState after) {
        Bootstrap was = before.bootstrap();
        Bootstrap is = after.bootstrap();
        if (command instanceof ModelCommand.Register register && reply.endsWith(", found")) {
            Session told = after.node(NodeId.of(register.node())).orElseThrow().session();
            Session first = toldToFound.putIfAbsent(is.epoch(), told);
            require(first == null || first.equals(told), "B1: one founder an epoch", first + " and " + told);
            require(first != null || !was.confirmed(), "B4: once confirmed, nobody", told);
            require(register.memberOfEpoch() == 0, "a member of a cluster is never told to found", told);
        }
        if (command instanceof ModelCommand.Reset && reply.equals("reset")) {
            require(is.epoch() == was.epoch() + 1 && is.isOpen(), "B4: a reset opens the next epoch", is);
            require(after.leader().term() == 0 && after.leader().leader() == null, "a reset ends all terms", after);
            hasTermedReport = false;
            return;
        }
        require(is.confirmed() || !was.confirmed(), "B3: confirmed for good", is);
        require(!was.confirmed() || is.equals(was), "B4: what is confirmed stays as it is", is);
        boolean isPassed =
                was.founder() != null && is.founder() != null && !is.founder().equals(was.founder());
        if (isPassed) {
            boolean isToItself = is.founder().node().equals(was.founder().node());
            require(isToItself || before.live(was.founder()).isEmpty(), "B3: only a lost holder's grant passes", is);
            require(is.epoch() == was.epoch() + 1, "B3: a grant passes on with epoch + 1", is);
        } else {
            boolean isToldByMember = command instanceof ModelCommand.Register register
                    && is.epoch() == register.memberOfEpoch()
                    && is.epoch() > was.epoch()
                    && is.confirmed();
            require(is.epoch() == was.epoch() || isToldByMember, "B3: epoch + 1 exactly when a grant passes", is);
        }
        boolean isConfirming = reply.equals("accepted") || reply.startsWith("registered");
        require(is.confirmed() == was.confirmed() || isConfirming, "B3: what confirms a grant", command);
    }

    private void leader(ModelCommand command, String reply, NamespaceState before, NamespaceState after) {
        long term = after.leader().term();
        long epoch = after.bootstrap().epoch();
        boolean isSameEpoch = epoch == before.bootstrap().epoch();
        require(!isSameEpoch || term >= before.leader().term(), "L1: terms never go back", term);
        after.leader().current().ifPresent(leader -> {
            require(after.live(leader).isPresent(), "L3: the leader's lease has not expired", leader);
            NodeId first = term == 0 ? leader.node() : shownLeader.getOrDefault(new Term(epoch, term), leader.node());
            require(first.equals(leader.node()), "L2: one leader a term", first + " and " + leader);
            shownLeader.put(new Term(epoch, term), leader.node());
        });
        require(
                Objects.equals(
                        after.leaderNode().map(Node::session), after.leader().current()),
                "L3: the leader shown is the one on record",
                after.leader());
        if (command instanceof ModelCommand.Report report && reply.equals("accepted")) {
            require(report.term() > 0 || !hasTermedReport, "L4: no report without a term after one with", report);
            require(report.term() >= before.leader().term(), "L1: no older term is accepted", report);
            hasTermedReport |= report.term() > 0;
        }
    }

    private static void require(boolean holds, String promise, Object found) {
        if (!holds) {
            throw new AssertionError(promise + "; found: " + found);
        }
    }
}

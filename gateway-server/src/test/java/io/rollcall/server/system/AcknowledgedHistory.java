package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.v1.GetLeaderResponse;
import io.rollcall.v1.GetNodesResponse;
import io.rollcall.v1.NodeInfo;
import io.rollcall.v1.WatchChange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * What the clients of one namespace were told, and what must therefore be true after any crash. What was sent and not
 * answered may have happened or not: of each node those are its last acts, since it acts one at a time.
 *
 * <p>Thread-safe.
 */
final class AcknowledgedHistory {
    private final Map<Integer, Act> told = new HashMap<>();
    private final Map<Integer, List<Act>> unanswered = new HashMap<>();
    private final Map<Long, String> founders = new HashMap<>();
    private final List<Told> acknowledged = new ArrayList<>();
    private String registryId = "";
    private long revision;
    private long epoch;
    private Term term = new Term(0, 0);
    private int acts;

    /** What a node asked for; incarnation 0: to be removed. */
    private record Act(long incarnation) {}

    /** A reply, and the change that must be found in the history. */
    private record Told(String what, long revision, Predicate<WatchChange> change) {}

    private record Term(long epoch, long term) implements Comparable<Term> {
        @Override
        public int compareTo(Term other) {
            return epoch == other.epoch ? Long.compare(term, other.term) : Long.compare(epoch, other.epoch);
        }
    }

    synchronized void asks(int node, long incarnation) {
        unanswered.computeIfAbsent(node, it -> new ArrayList<>()).add(new Act(incarnation));
    }

    /** The session that a node asked for last, without being answered. */
    synchronized OptionalLong unanswered(int node) {
        List<Act> acts = unanswered.getOrDefault(node, List.of());
        Act last = acts.isEmpty() ? new Act(0) : acts.get(acts.size() - 1);
        return last.incarnation() == 0 ? OptionalLong.empty() : OptionalLong.of(last.incarnation());
    }

    synchronized void registered(int node, long incarnation, boolean isBootstrap, Place at) {
        answered(node, new Act(incarnation), at);
        note(
                "registration " + incarnation + " of node " + node,
                at,
                change -> change.hasNode()
                        && change.getNode().getNodeId() == node
                        && change.getNode().getIncarnation() == incarnation);
        if (isBootstrap) {
            String founder = node + "/" + incarnation;
            assertThat(founders.getOrDefault(at.epoch(), founder))
                    .as("B1, B2: who founds epoch %d", at.epoch())
                    .isEqualTo(founder);
            founders.put(at.epoch(), founder);
        }
    }

    synchronized void removed(int node, Place at) {
        answered(node, new Act(0), at);
        note("removal of node " + node, at, change -> change.getGone() == node);
    }

    synchronized void led(int node, long newTerm, Place at) {
        note(
                "leader " + node + " of term " + newTerm,
                at,
                change -> change.hasLeader() && change.getLeader().getTerm() == newTerm);
        Term reported = new Term(at.epoch(), newTerm);
        term = reported.compareTo(term) > 0 ? reported : term;
    }

    synchronized void reset(Place at) {
        note(
                "epoch " + at.epoch(),
                at,
                change -> change.hasBootstrap() && change.getBootstrap().getEpoch() == at.epoch());
    }

    /** Where in a registry's history a reply is from. */
    record Place(String registryId, long revision, long epoch) {}

    private void answered(int node, Act act, Place at) {
        told.put(node, act);
        unanswered.remove(node);
        acts++;
        place(at);
    }

    private void note(String what, Place at, Predicate<WatchChange> change) {
        acknowledged.add(new Told(what, at.revision(), change));
        place(at);
    }

    private void place(Place at) {
        if (registryId.isEmpty()) {
            registryId = at.registryId();
        }
        assertThat(at.registryId()).as("the registry is the same one").isEqualTo(registryId);
        revision = Math.max(revision, at.revision());
        epoch = Math.max(epoch, at.epoch());
    }

    synchronized int acts() {
        return acts;
    }

    /** D1 and L1, by what a restarted gateway shows. */
    synchronized void check(GetNodesResponse nodes, GetLeaderResponse leader) {
        if (!registryId.isEmpty()) {
            assertThat(nodes.getRegistryId()).isEqualTo(registryId);
        }
        assertThat(nodes.getRevision()).as("D1: revision").isGreaterThanOrEqualTo(revision);
        assertThat(nodes.getEpoch()).as("D1: epoch").isGreaterThanOrEqualTo(epoch);
        assertThat(new Term(leader.getEpoch(), leader.getTerm()))
                .as("L1: term")
                .satisfiesAnyOf(
                        shown -> assertThat(shown).isGreaterThanOrEqualTo(term),
                        shown -> assertThat(shown.epoch()).isGreaterThan(term.epoch()));
        Map<Integer, Long> shown = new HashMap<>();
        for (NodeInfo node : nodes.getNodesList()) {
            assertThat(node.getStatus()).as("T4: no restart costs a lease").isEqualTo("active");
            shown.put(node.getNodeId(), node.getIncarnation());
        }
        for (Map.Entry<Integer, Act> entry : told.entrySet()) {
            List<Act> possible = new ArrayList<>(unanswered.getOrDefault(entry.getKey(), List.of()));
            possible.add(entry.getValue());
            assertThat(new Act(shown.getOrDefault(entry.getKey(), 0L)))
                    .as("D1: session of node %d", entry.getKey())
                    .isIn(possible);
        }
    }

    /**
     * D1, by the whole history: everything acknowledged is in it, where the reply said. Forgets what it has found.
     *
     * @param history each change at its revision - 1
     */
    synchronized void check(List<WatchChange> history) {
        for (Told reply : acknowledged) {
            assertThat(history.subList(0, (int) reply.revision()))
                    .as("D1: %s, told at revision %d", reply.what(), reply.revision())
                    .anyMatch(reply.change());
        }
        acknowledged.clear();
    }
}

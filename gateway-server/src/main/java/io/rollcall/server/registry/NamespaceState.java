package io.rollcall.server.registry;

import io.rollcall.server.leader.LeaderRegister;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.namespace.Session;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The registry's state of one namespace at one revision. An immutable value. Its maps are persistent, so a registration
 * shares all but a few tree nodes with the previous state, however many nodes there are.
 *
 * <p>Registering 1 and 2, reporting 1 for term 7 and losing 2 leaves:
 *
 * <pre>
 *   revision   7
 *   bootstrap  epoch 1, founder 1, confirmed
 *   leader     term 7, node 1
 *   nodes      1 → active, revision 1     2 → failed, revision 7
 *   endedSessions                         2 → [expired]
 *   failed     1
 *   details    16 bytes
 * </pre>
 *
 * @param revision counts the changes, from 0
 * @param suspected how many of {@code nodes} are suspected
 * @param failed how many of {@code nodes} are failed
 * @param detailBytes the size of the details of all {@code nodes}
 * @param branches the gateway start that made each revision
 */
public record NamespaceState(
        long revision,
        Bootstrap bootstrap,
        LeaderRegister leader,
        NodeMap nodes,
        EndedSessions endedSessions,
        int suspected,
        int failed,
        long detailBytes,
        Branches branches) {

    /** Returns the state of a namespace without registrations. */
    public static NamespaceState empty(Instant now) {
        return new NamespaceState(
                0,
                Bootstrap.open(1),
                LeaderRegister.empty(now),
                NodeMap.empty(),
                EndedSessions.none(),
                0,
                0,
                0,
                Branches.none());
    }

    /** Restores a stored state and computes its counts. */
    public static NamespaceState of(
            long revision,
            Bootstrap bootstrap,
            LeaderRegister leader,
            NodeMap nodes,
            EndedSessions endedSessions,
            Branches branches) {
        int suspected = 0;
        int failed = 0;
        long detailBytes = 0;
        for (Node node : nodes.values()) {
            suspected += one(node, NodeStatus.SUSPECTED);
            failed += one(node, NodeStatus.FAILED);
            detailBytes += detailBytes(node);
        }
        return new NamespaceState(
                revision, bootstrap, leader, nodes, endedSessions, suspected, failed, detailBytes, branches);
    }

    /** Returns this state at a start of the gateway; see {@link RegistryStore#branch}. */
    public NamespaceState startedAs(long branch) {
        return new NamespaceState(
                revision,
                bootstrap,
                leader,
                nodes,
                endedSessions,
                suspected,
                failed,
                detailBytes,
                branches.startedAs(branch));
    }

    /** Returns the branch of this revision; 0: unknown. */
    public long branch() {
        return branches.of(revision);
    }

    /** Returns the branch of an earlier revision; 0: no longer known. */
    public long branchOf(long earlierRevision) {
        return branches.of(earlierRevision);
    }

    /** Returns whether the revision is on that branch of this history. */
    boolean has(long branch, long knownRevision) {
        return knownRevision <= revision && branches.has(branch, knownRevision);
    }

    public Optional<Node> node(NodeId id) {
        return Optional.ofNullable(nodes.get(id));
    }

    /** Returns the node if its lease has not expired. */
    public Optional<Node> live(NodeId id) {
        return node(id).filter(Node::isLive);
    }

    /** Returns the node if it is in exactly that session and its lease has not expired. */
    public Optional<Node> live(Session session) {
        return live(session.node()).filter(node -> node.session().equals(session));
    }

    /** Returns the nodes whose lease has not expired, ordered by id. */
    public Stream<Node> liveNodes() {
        return nodes.values().stream().filter(Node::isLive);
    }

    public int liveCount() {
        return nodes.size() - failed;
    }

    /** Returns the entry of the current leader. */
    public Optional<Node> leaderNode() {
        return leader.current().flatMap(this::live);
    }

    NamespaceState with(Node node) {
        Node before = nodes.get(node.id());
        return counting(before, node, nodes.plus(node), node.revision());
    }

    NamespaceState without(NodeId id, long newRevision) {
        return counting(nodes.get(id), null, nodes.minus(id), newRevision);
    }

    NamespaceState with(LeaderRegister newLeader, long newRevision) {
        return new NamespaceState(
                newRevision,
                bootstrap,
                newLeader,
                nodes,
                endedSessions,
                suspected,
                failed,
                detailBytes,
                branches.with(newRevision));
    }

    NamespaceState with(Bootstrap newBootstrap, long newRevision) {
        return new NamespaceState(
                newRevision,
                newBootstrap,
                leader,
                nodes,
                endedSessions,
                suspected,
                failed,
                detailBytes,
                branches.with(newRevision));
    }

    NamespaceState with(EndedSessions newEndedSessions) {
        return new NamespaceState(
                revision, bootstrap, leader, nodes, newEndedSessions, suspected, failed, detailBytes, branches);
    }

    private NamespaceState counting(@Nullable Node before, @Nullable Node after, NodeMap newNodes, long newRevision) {
        return new NamespaceState(
                newRevision,
                bootstrap,
                leader,
                newNodes,
                endedSessions,
                suspected + one(after, NodeStatus.SUSPECTED) - one(before, NodeStatus.SUSPECTED),
                failed + one(after, NodeStatus.FAILED) - one(before, NodeStatus.FAILED),
                detailBytes + detailBytesAdded(before, after),
                branches.with(newRevision));
    }

    /** Most changes of a node affect only its status; those need no recount. */
    private static int detailBytesAdded(@Nullable Node before, @Nullable Node after) {
        boolean isSame = before != null && after != null && before.details().equals(after.details());
        return isSame ? 0 : detailBytes(after) - detailBytes(before);
    }

    private static int detailBytes(@Nullable Node node) {
        return node == null ? 0 : node.details().bytes();
    }

    private static int one(@Nullable Node node, NodeStatus status) {
        return node != null && node.status() == status ? 1 : 0;
    }
}

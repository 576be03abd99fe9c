package io.rollcall.server.registry;

import io.rollcall.server.leader.LeaderRegister;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.namespace.Session;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * All that the registry knows of one namespace at one revision: an immutable value. Its maps are persistent, so a
 * registration shares all but a few tree nodes with the state before it, however many nodes there are.
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
 * @param detailBytes of what all {@code nodes} say about themselves
 * @param branches under which start of the gateway each revision was made
 */
public record NamespaceState(
        long revision,
        Bootstrap bootstrap,
        LeaderRegister leader,
        TreePMap<NodeId, Node> nodes,
        EndedSessions endedSessions,
        int suspected,
        int failed,
        long detailBytes,
        Branches branches) {

    /** A namespace that nobody has registered in. */
    public static NamespaceState empty(Instant now) {
        return new NamespaceState(
                0,
                Bootstrap.open(1),
                LeaderRegister.empty(now),
                TreePMap.empty(),
                EndedSessions.none(),
                0,
                0,
                0,
                Branches.none());
    }

    /** A state as it was stored; what can be counted is counted. */
    public static NamespaceState of(
            long revision,
            Bootstrap bootstrap,
            LeaderRegister leader,
            TreePMap<NodeId, Node> nodes,
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

    /** The gateway starts with this state; see {@link RegistryStore#branch}. */
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

    /** Under which branch this revision was made; 0: it is not known. */
    public long branch() {
        return branches.of(revision);
    }

    /** Under which branch an earlier revision was made; 0: it is not known any more. */
    public long branchOf(long earlierRevision) {
        return branches.of(earlierRevision);
    }

    /** Whether this is a revision of this history, as that branch tells it. */
    boolean has(long branch, long knownRevision) {
        return knownRevision <= revision && branches.has(branch, knownRevision);
    }

    public Optional<Node> node(NodeId id) {
        return Optional.ofNullable(nodes.get(id));
    }

    /** The node if its lease has not expired. */
    public Optional<Node> live(NodeId id) {
        return node(id).filter(Node::isLive);
    }

    /** The node if that very session is there and its lease has not expired. */
    public Optional<Node> live(Session session) {
        return live(session.node()).filter(node -> node.session().equals(session));
    }

    /** The nodes whose lease has not expired, ordered by id. */
    public Stream<Node> liveNodes() {
        return nodes.values().stream().filter(Node::isLive);
    }

    public int liveCount() {
        return nodes.size() - failed;
    }

    /** The entry of the leader on record. */
    public Optional<Node> leaderNode() {
        return leader.current().flatMap(this::live);
    }

    NamespaceState with(Node node) {
        Node before = nodes.get(node.id());
        return counting(before, node, nodes.plus(node.id(), node), node.revision());
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

    private NamespaceState counting(
            @Nullable Node before, @Nullable Node after, TreePMap<NodeId, Node> newNodes, long newRevision) {
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

    /** Most changes of a node are of its status alone; nothing is counted anew for those. */
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

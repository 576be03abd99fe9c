package io.rollcall.server.registry;

import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.v1.LeaderConflict;
import io.rollcall.v1.NodeInfo;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The registry's state as the wire says it. Thread-safe. */
final class RegistryMessages {
    private static final double NANOS = 1e9;

    private final LeaseKeeper leases;
    private final Clock clock;

    RegistryMessages(LeaseKeeper leases, Clock clock) {
        this.leases = leases;
        this.clock = clock;
    }

    /** The revision as the older 32-bit field says it: held at the largest number once it outgrows it. */
    public static int registryVersion(NamespaceState state) {
        return (int) Math.min(Integer.MAX_VALUE, state.revision());
    }

    /** The nodes as the wire says them, in the order given. */
    List<NodeInfo> nodes(NamespaceName namespace, Stream<Node> nodes) {
        return nodes.map(node -> node(namespace, node)).toList();
    }

    Optional<NodeInfo> leader(NamespaceName namespace, NamespaceState state) {
        return state.leaderNode().map(node -> node(namespace, node));
    }

    static int leaderId(NamespaceState state) {
        return state.leaderNode().map(Node::id).map(NodeId::value).orElse(0);
    }

    Optional<LeaderConflict> conflict(NamespaceState state) {
        NodeId elected = state.leader().elected();
        return Optional.ofNullable(state.leader().conflict()).map(conflict -> LeaderConflict.newBuilder()
                .setTerm(conflict.term())
                .setLeaderId(elected == null ? 0 : elected.value())
                .setClaimantId(conflict.claimant().value())
                .setReportedBy(conflict.reporter().value())
                .build());
    }

    private NodeInfo node(NamespaceName namespace, Node node) {
        Instant lastSeen = clock.instant().minus(leases.silence(namespace, node.session()));
        return NodeInfo.newBuilder()
                .setNodeId(node.id().value())
                .setIpAddress(node.details().host())
                .setPort(node.details().port())
                .addAllCapabilities(node.details().capabilities())
                .setStatus(node.status().word())
                .setLastSeen(seconds(lastSeen))
                .setJoinTimestamp(seconds(node.joinedAt()))
                .putAllMetadata(node.details().metadata())
                .setIncarnation(node.session().incarnation().number())
                .setRevision(node.revision())
                .build();
    }

    private static double seconds(Instant instant) {
        return instant.getEpochSecond() + instant.getNano() / NANOS;
    }
}

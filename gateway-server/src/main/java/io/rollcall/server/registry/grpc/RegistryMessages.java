package io.rollcall.server.registry.grpc;

import io.rollcall.server.leader.LeaderRegister;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.namespace.Session;
import io.rollcall.server.registry.Bootstrap;
import io.rollcall.server.registry.Change;
import io.rollcall.server.registry.LeaseKeeper;
import io.rollcall.server.registry.NamespaceState;
import io.rollcall.server.registry.Node;
import io.rollcall.v1.BootstrapState;
import io.rollcall.v1.LeaderConflict;
import io.rollcall.v1.LeaderState;
import io.rollcall.v1.NodeInfo;
import io.rollcall.v1.WatchChange;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Converts the registry's state to protobuf messages. Thread-safe. */
public final class RegistryMessages {
    /** How long an encoding that contains {@code last_seen} is reused: half of what D3 permits. */
    public static final long KEPT_NANOS = Duration.ofMillis(500).toNanos();

    private static final double NANOS = 1e9;

    private final LeaseKeeper leases;
    private final Clock clock;

    public RegistryMessages(LeaseKeeper leases, Clock clock) {
        this.leases = leases;
        this.clock = clock;
    }

    Optional<NodeInfo> leader(NamespaceName namespace, NamespaceState state) {
        return state.leaderNode().map(node -> node(namespace, node));
    }

    static int leaderId(NamespaceState state) {
        return state.leaderNode().map(Node::id).map(NodeId::value).orElse(0);
    }

    Optional<LeaderConflict> conflict(NamespaceState state) {
        return conflict(state.leader());
    }

    private static Optional<LeaderConflict> conflict(LeaderRegister leader) {
        NodeId elected = leader.elected();
        return Optional.ofNullable(leader.conflict()).map(conflict -> LeaderConflict.newBuilder()
                .setTerm(conflict.term())
                .setLeaderId(elected == null ? 0 : elected.value())
                .setClaimantId(conflict.claimant().value())
                .setReportedBy(conflict.reporter().value())
                .build());
    }

    public LeaderState leader(LeaderRegister leader) {
        LeaderState.Builder state =
                LeaderState.newBuilder().setLeaderId(idOf(leader.leader())).setTerm(leader.term());
        conflict(leader).ifPresent(state::setConflict);
        return state.build();
    }

    public BootstrapState bootstrap(Bootstrap bootstrap) {
        return BootstrapState.newBuilder()
                .setEpoch(bootstrap.epoch())
                .setFounderId(idOf(bootstrap.founder()))
                .setConfirmed(bootstrap.confirmed())
                .build();
    }

    /** Converts one change of the history; a node appears as it was then, but with the current last-seen time. */
    public WatchChange change(NamespaceName namespace, Change change) {
        WatchChange.Builder message = WatchChange.newBuilder().setRevision(change.revision());
        if (change instanceof Change.NodeChanged changed) {
            message.setNode(node(namespace, changed.node()));
        } else if (change instanceof Change.NodeGone gone) {
            message.setGone(gone.node().value());
        } else if (change instanceof Change.LeaderChanged changed) {
            message.setLeader(leader(changed.leader()));
        } else if (change instanceof Change.BootstrapChanged changed) {
            message.setBootstrap(bootstrap(changed.bootstrap()));
        } else {
            throw new IllegalStateException("the wire has no word for " + change);
        }
        return message.build();
    }

    private static int idOf(@Nullable Session session) {
        return session == null ? 0 : session.node().value();
    }

    /** Converts a node, with the current last-seen time. */
    public NodeInfo node(NamespaceName namespace, Node node) {
        return fields(node).setLastSeen(lastSeen(namespace, node)).build();
    }

    /** Converts the fields that change only when the entry changes. */
    static NodeInfo withoutLastSeen(Node node) {
        return fields(node).build();
    }

    /** Returns the current last-seen time of the node, in seconds since the epoch. */
    double lastSeen(NamespaceName namespace, Node node) {
        return seconds(clock.instant().minus(leases.silence(namespace, node.session())));
    }

    private static NodeInfo.Builder fields(Node node) {
        return NodeInfo.newBuilder()
                .setNodeId(node.id().value())
                .setIpAddress(node.details().host())
                .setPort(node.details().port())
                .addAllCapabilities(node.details().capabilities())
                .setStatus(node.status().word())
                .setJoinTimestamp(seconds(node.joinedAt()))
                .putAllMetadata(node.details().metadata())
                .setIncarnation(node.session().incarnation().number())
                .setRevision(node.revision());
    }

    private static double seconds(Instant instant) {
        return instant.getEpochSecond() + instant.getNano() / NANOS;
    }
}

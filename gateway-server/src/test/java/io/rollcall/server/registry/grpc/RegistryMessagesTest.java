package io.rollcall.server.registry.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.devcerts.testing.TestClock;
import io.rollcall.server.leader.LeaderRegister;
import io.rollcall.server.liveness.Leases;
import io.rollcall.server.namespace.Incarnation;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.namespace.Session;
import io.rollcall.server.registry.Change;
import io.rollcall.server.registry.DecidedNamespace;
import io.rollcall.server.registry.Node;
import io.rollcall.server.registry.NodeDetails;
import io.rollcall.server.registry.NodeStatus;
import io.rollcall.server.testing.TestTicker;
import io.rollcall.v1.BootstrapState;
import io.rollcall.v1.LeaderConflict;
import io.rollcall.v1.LeaderState;
import io.rollcall.v1.NodeInfo;
import io.rollcall.v1.WatchChange;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The registry's state as the wire says it. Node 1 founded the cluster, node 2 joined it. */
class RegistryMessagesTest {
    private static final NamespaceName ALPHA = new NamespaceName("alpha");

    private final TestTicker ticker = new TestTicker();
    private final Leases leases = new Leases(ticker);
    private final TestClock clock = new TestClock(Instant.parse("2026-11-01T12:00:00.250Z"));
    private final RegistryMessages messages = new RegistryMessages(leases, clock);
    private final DecidedNamespace alpha = new DecidedNamespace();

    @BeforeEach
    void twoNodes() {
        alpha.register(1, 11);
        alpha.register(2, 22);
    }

    @Test
    void theFounder_leads_untilItsLeaseEnds() {
        assertThat(RegistryMessages.leaderId(alpha.state())).isEqualTo(1);
        assertThat(messages.leader(ALPHA, alpha.state()).map(NodeInfo::getNodeId))
                .contains(1);
        assertThat(messages.leader(alpha.state().leader()).getLeaderId()).isEqualTo(1);
        alpha.expire(1);
        assertThat(RegistryMessages.leaderId(alpha.state())).isZero();
        assertThat(messages.leader(ALPHA, alpha.state())).isEmpty();
        assertThat(messages.leader(alpha.state().leader())).isEqualTo(LeaderState.getDefaultInstance());
    }

    @Test
    void theBootstrap_isSaidWithItsFounder() {
        assertThat(messages.bootstrap(alpha.state().bootstrap()))
                .isEqualTo(BootstrapState.newBuilder()
                        .setEpoch(1)
                        .setFounderId(1)
                        .setConfirmed(true)
                        .build());
    }

    @Test
    void aConflict_isSaidWithBothAndTheReporter_alsoToWatchers() {
        alpha.report(1, 11, 1, 7);
        assertThat(messages.conflict(alpha.state())).isEmpty();
        alpha.register(3, 33);
        alpha.report(3, 33, 2, 7);
        LeaderConflict conflict = LeaderConflict.newBuilder()
                .setTerm(7)
                .setLeaderId(1)
                .setClaimantId(2)
                .setReportedBy(3)
                .build();
        assertThat(messages.conflict(alpha.state())).contains(conflict);
        assertThat(messages.leader(alpha.state().leader()))
                .isEqualTo(LeaderState.newBuilder()
                        .setLeaderId(1)
                        .setTerm(7)
                        .setConflict(conflict)
                        .build());
    }

    @Test
    void aChange_isSaidAsWhatItIs() {
        Node node = alpha.state().node(NodeId.of(2)).orElseThrow();
        assertThat(messages.change(ALPHA, new Change.NodeChanged(node, Optional.empty())))
                .isEqualTo(WatchChange.newBuilder()
                        .setRevision(node.revision())
                        .setNode(messages.node(ALPHA, node))
                        .build());
        assertThat(messages.change(ALPHA, new Change.NodeGone(8, NodeId.of(2), Optional.empty())))
                .isEqualTo(WatchChange.newBuilder().setRevision(8).setGone(2).build());
        LeaderRegister leader = alpha.state().leader();
        assertThat(messages.change(ALPHA, new Change.LeaderChanged(9, leader)))
                .isEqualTo(WatchChange.newBuilder()
                        .setRevision(9)
                        .setLeader(LeaderState.newBuilder().setLeaderId(1))
                        .build());
        assertThat(messages.change(
                        ALPHA, new Change.BootstrapChanged(10, alpha.state().bootstrap())))
                .isEqualTo(WatchChange.newBuilder()
                        .setRevision(10)
                        .setBootstrap(BootstrapState.newBuilder()
                                .setEpoch(1)
                                .setFounderId(1)
                                .setConfirmed(true))
                        .build());
    }

    @Test
    void timesOfANode_areInSeconds_withFractions() {
        Session session = new Session(NodeId.of(1), new Incarnation(11, false));
        Node node = new Node(
                session,
                new NodeDetails("10.0.0.1", 5000, List.of(), Map.of()),
                NodeStatus.ACTIVE,
                Instant.EPOCH,
                1,
                Instant.ofEpochSecond(1_000, 500_000_000),
                3);
        leases.begin(ALPHA, alpha.state(), List.of());
        ticker.advance(Duration.ofSeconds(2));
        NodeInfo said = messages.node(ALPHA, node);
        assertThat(said.getJoinTimestamp()).isEqualTo(1_000.5);
        assertThat(said.getLastSeen())
                .isEqualTo(Instant.parse("2026-11-01T11:59:58Z").getEpochSecond() + 0.25);
    }
}

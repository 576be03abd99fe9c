package io.rollcall.server.system;

import static io.rollcall.server.system.NodeCalls.node;
import static io.rollcall.server.system.NodeCalls.register;
import static io.rollcall.server.system.NodeCalls.stub;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.rollcall.client.ClusterWatch;
import io.rollcall.client.GatewayClient;
import io.rollcall.client.NodeCredentials;
import io.rollcall.client.NodeDescription;
import io.rollcall.client.NodeSession;
import io.rollcall.client.WatchListener;
import io.rollcall.server.CrashingGateway;
import io.rollcall.server.CrashingGateway.Point;
import io.rollcall.server.watch.Follower;
import io.rollcall.server.watch.Replay;
import io.rollcall.v1.GetLeaderRequest;
import io.rollcall.v1.GetNodesRequest;
import io.rollcall.v1.GetStatsRequest;
import io.rollcall.v1.HeartbeatRequest;
import io.rollcall.v1.NodeInfo;
import io.rollcall.v1.RegisterNodeResponse;
import io.rollcall.v1.UpdateLeaderRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the cluster's members notice when the gateway is away and comes back: with the real process, over TLS. */
class RestartIT {
    @TempDir
    private Path dir;

    /** The second commit is one that the gateway does not survive; what became of it is told by where it crashed. */
    @ParameterizedTest
    @EnumSource(Point.class)
    void b1_b2_d1_aNodeWhoseAnswerTheCrashSwallowed_asksAgain_andIsToldTheSame(Point point) throws Exception {
        Replay seen = new Replay();
        try (GatewayProcess gateway = GatewayProcess.startCrashing(dir, point, 2);
                MemberChannel one = node(gateway, 1);
                MemberChannel two = node(gateway, 2)) {
            assertThat(register(one, 1, 11).getIsBootstrap()).isTrue();
            Follower watcher = new Follower(one.channel(), seen, Integer.MAX_VALUE);
            await().until(() -> seen.revision() > 0);
            assertThatThrownBy(() -> register(two, 2, 22)).hasMessageContaining("UNAVAILABLE");
            assertThat(gateway.process().exitCode()).isEqualTo(CrashingGateway.EXIT_CODE);
            assertThat(watcher.awaitEnd()).isNotInstanceOf(AssertionError.class);
        }
        try (GatewayProcess gateway = GatewayProcess.start(dir);
                MemberChannel one = node(gateway, 1);
                MemberChannel two = node(gateway, 2)) {
            assertThat(stub(one).getNodes(GetNodesRequest.getDefaultInstance()).getNodesList())
                    .extracting(NodeInfo::getNodeId)
                    .contains(1)
                    .hasSize(point == Point.BEFORE_WRITE ? 1 : 2);
            new Follower(one.channel(), seen, 1).awaitFed().cut();
            assertThat(seen.resyncs()).as("what it had seen is there").isZero();
            assertThat(register(one, 1, 11).getIsBootstrap()).as("the founder").isTrue();
            RegisterNodeResponse again = register(two, 2, 22);
            assertThat(again.getIsBootstrap()).isFalse();
            assertThat(again.getStatus()).isEqualTo(point == Point.BEFORE_WRITE ? "registered" : "updated");
        }
    }

    @Test
    @Tag("quick")
    void b2_l1_t4_w1_aRestart_isHardlyNoticed() throws Exception {
        Replay watcher = new Replay();
        long term;
        String timeout = "4s";
        try (GatewayProcess gateway =
                        GatewayProcess.start(dir, "--heartbeat-interval", "300ms", "--node-timeout", timeout);
                MemberChannel one = node(gateway, 1);
                MemberChannel two = node(gateway, 2)) {
            register(one, 1, 11);
            register(two, 2, 22);
            term = stub(one)
                    .updateLeader(UpdateLeaderRequest.newBuilder()
                            .setLeaderId(1)
                            .setIncarnation(11)
                            .setTerm(7)
                            .build())
                    .getTerm();
            new Follower(one.channel(), watcher, 1).awaitFed().cut();
            gateway.process().kill();
            gateway.process().exitCode();
        }
        Thread.sleep(4_500); // longer than the node timeout: the gateway is away, and no lease runs
        try (GatewayProcess gateway =
                        GatewayProcess.start(dir, "--heartbeat-interval", "300ms", "--node-timeout", timeout);
                MemberChannel one = node(gateway, 1);
                MemberChannel three = node(gateway, 3)) {
            assertThat(stub(one)
                            .heartbeat(HeartbeatRequest.newBuilder()
                                    .setNodeId(1)
                                    .setIncarnation(11)
                                    .build())
                            .getStatus())
                    .as("T4: its full time")
                    .isEqualTo("acknowledged");
            assertThat(stub(one).getLeader(GetLeaderRequest.getDefaultInstance()))
                    .satisfies(leader -> {
                        assertThat(leader.getTerm()).as("L1").isEqualTo(term);
                        assertThat(leader.getLeader().getNodeId()).isEqualTo(1);
                    });
            assertThat(stub(one)
                            .updateLeader(UpdateLeaderRequest.newBuilder()
                                    .setLeaderId(1)
                                    .setIncarnation(11)
                                    .setTerm(6)
                                    .build())
                            .getStatus())
                    .as("L1")
                    .isEqualTo("failed");
            assertThat(register(three, 3, 33).getIsBootstrap()).as("B2").isFalse();
            long revision =
                    stub(one).getStats(GetStatsRequest.getDefaultInstance()).getRevision();
            Follower resumed = new Follower(one.channel(), watcher, Integer.MAX_VALUE);
            await().until(() -> watcher.revision() >= revision);
            resumed.cut();
            assertThat(watcher.resyncs()).as("W1").isZero();
            assertThat(watcher.snapshots()).as("W1").isEqualTo(1);
        }
    }

    private static long incarnationOfNode1(GatewayProcess gateway) throws Exception {
        try (MemberChannel channel = node(gateway, 2)) {
            return stub(channel)
                    .getNodes(
                            GetNodesRequest.newBuilder().setRequestingNodeId(2).build())
                    .getNodes(0)
                    .getIncarnation();
        }
    }

    @Test
    void onSigterm_whatIsInHandIsCommitted_andClientsComeBackByThemselves() throws Exception {
        String port;
        try (GatewayProcess gateway = GatewayProcess.start(dir, "--heartbeat-interval", "300ms")) {
            port = Integer.toString(gateway.port());
            NodeCredentials credentials = NodeCredentials.fromDirectory(
                    gateway.certs().namespace("alpha").nodeDirectory(1));
            try (GatewayClient client = GatewayClient.builder()
                            .target(gateway.target())
                            .credentials(credentials)
                            .build();
                    NodeSession session = client.register(NodeDescription.of("10.0.0.1", 5000));
                    ClusterWatch watch = client.watch(new WatchListener() {})) {
                session.reportLeader(session.nodeId(), OptionalLong.of(3));
                await().until(() ->
                        watch.view().map(view -> view.leader().term()).orElse(0L) == 3);
                long incarnation = incarnationOfNode1(gateway);
                long began = System.nanoTime();
                assertThat(gateway.process().terminate()).isZero();
                System.out.printf(
                        "SIGTERM to the end, with a KeepAlive and a watch open: %d ms%n",
                        Duration.ofNanos(System.nanoTime() - began).toMillis());
                try (GatewayProcess again = GatewayProcess.startAt(port, dir, "--heartbeat-interval", "300ms")) {
                    long revision = watch.view().orElseThrow().at().number();
                    try (MemberChannel two = node(again, 2)) {
                        register(two, 2, 22);
                        await().atMost(Duration.ofSeconds(30))
                                .until(() -> watch.view().orElseThrow().nodes().containsKey(2));
                        assertThat(watch.view().orElseThrow().at().number()).isGreaterThan(revision);
                        assertThat(incarnationOfNode1(again))
                                .as("the same session, not registered anew")
                                .isEqualTo(incarnation);
                    }
                }
            }
        }
    }
}

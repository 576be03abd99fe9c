package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rollcall.client.GatewayClient;
import io.rollcall.client.Node;
import io.rollcall.client.NodeCredentials;
import io.rollcall.client.NodeDescription;
import io.rollcall.client.NodeSession;
import io.rollcall.client.NodeStatus;
import io.rollcall.client.Registration;
import io.rollcall.client.SessionListener;
import io.rollcall.devcerts.DevNamespace;
import io.rollcall.devcerts.Member;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.GetLeaderRequest;
import io.rollcall.v1.GetLeaderResponse;
import io.rollcall.v1.GetNodesRequest;
import io.rollcall.v1.GetNodesResponse;
import io.rollcall.v1.HealthCheckRequest;
import io.rollcall.v1.HeartbeatRequest;
import io.rollcall.v1.HeartbeatResponse;
import io.rollcall.v1.RegisterNodeRequest;
import io.rollcall.v1.UpdateLeaderRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Leases over real sockets and real time: a stopped gateway, a wall clock that jumps, a killed node, a silent one. */
@Tag("alone")
class LeasesIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final String[] SHORT_TIMES = {"--node-timeout", "2s", "--heartbeat-interval", "300ms"};

    @Test
    void t4_aGatewayStoppedForLongerThanTheTimeout_expiresNobodyWhoKeptBeating(@TempDir Path dir) throws Exception {
        try (GatewayProcess gateway = GatewayProcess.start(dir, SHORT_TIMES);
                Sessions sessions = new Sessions(gateway, 3)) {
            sessions.awaitBeats();
            long revision = sessions.revision();

            gateway.process().stop();
            long stopped = System.nanoTime();
            patiently("the stop to be longer than two timeouts")
                    .until(() -> System.nanoTime() - stopped > 2 * TIMEOUT.toNanos());
            gateway.process().resume();

            sessions.awaitBeats();
            assertThat(sessions.registrations())
                    .as("nobody had to register anew")
                    .hasSize(3);
            assertThat(sessions.nodes()).hasSize(3).noneMatch(node -> node.status() == NodeStatus.FAILED);
            patiently("all to be active").untilAsserted(() -> assertThat(sessions.nodes())
                    .allMatch(node -> node.status() == NodeStatus.ACTIVE));
            assertThat(sessions.revision() - revision)
                    .as("at the most, each was suspected and active again")
                    .isLessThanOrEqualTo(6);
        }
    }

    @Test
    void t3_aWallClockThatJumpsAnHour_eitherWay_isNotNoticedByLeasesTermsAndRevisions(@TempDir Path dir)
            throws Exception {
        WallClock wallClock = new WallClock(dir);
        try (GatewayProcess gateway = GatewayProcess.start(
                dir,
                wallClock.environment(),
                "--node-timeout",
                "2s",
                "--heartbeat-interval",
                "300ms",
                "--suspect-after",
                "2s")) {
            DevNamespace alpha = gateway.certs().namespace("alpha");
            try (MemberChannel node = earlier(gateway, alpha, 1);
                    MemberChannel silent = earlier(gateway, alpha, 2)) {
                Beating beating = new Beating(node);
                register(node, 1);
                GatewayServiceGrpc.newBlockingStub(node.channel())
                        .updateLeader(UpdateLeaderRequest.newBuilder()
                                .setLeaderId(1)
                                .setIncarnation(1)
                                .setTerm(7)
                                .build());
                long revision = beating.once().getRevision();
                for (Duration step : List.of(Duration.ofHours(1), Duration.ofHours(-1), Duration.ZERO)) {
                    wallClock.step(step);
                    beating.until(() -> offset(node).minus(step).abs().compareTo(Duration.ofMinutes(5)) < 0);
                    beating.forLongerThan(TIMEOUT);
                    assertThat(beating.once().getRevision())
                            .as("no change, with the clock at " + step)
                            .isEqualTo(revision);
                    assertThat(leader(node).getTerm()).isEqualTo(7);
                    assertThat(leader(node).getLeader().getNodeId()).isEqualTo(1);
                }
                // And time still passes for those who are silent, across a step.
                long silence = System.nanoTime(); // first: its lease may run before the answer is here
                register(silent, 2);
                wallClock.step(Duration.ofHours(-1));
                beating.until(() -> nodes(node).getNodesList().stream().noneMatch(other -> other.getNodeId() == 2));
                assertThat(Duration.ofNanos(System.nanoTime() - silence)).isGreaterThanOrEqualTo(TIMEOUT);
            }
        }
    }

    @Test
    void t1_aKilledProcess_isSuspectedByItsBrokenStream_longBeforeItsSilenceWouldShowIt(@TempDir Path dir)
            throws Exception {
        try (GatewayProcess gateway = GatewayProcess.start(
                        dir,
                        "--node-timeout",
                        "300s",
                        "--heartbeat-interval",
                        "1s",
                        "--suspect-after",
                        "200s",
                        "--stream-grace",
                        "1s");
                ChildProcess node = gateway.demoNode("alpha", 1);
                GatewayClient operator = client(gateway, operator(gateway))) {
            node.awaitLine("alpha/1: registered");
            Instant joined = node(operator, 1).lastSeen();
            patiently("a heartbeat, and so a stream")
                    .until(() -> node(operator, 1).lastSeen().isAfter(joined.plusMillis(500)));
            long killed = System.nanoTime();
            node.kill();
            patiently("it to be suspected").until(() -> node(operator, 1).status() == NodeStatus.SUSPECTED);
            Duration after = Duration.ofNanos(System.nanoTime() - killed);
            System.out.println("LeasesIT: a killed process was suspected after " + after.toMillis()
                    + " ms (grace 1000 ms, silence would take 200 s)");
            assertThat(after).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(20));
            assertThat(operator.stats().failed()).as("suspected is not failed").isZero();
        }
    }

    @Test
    void t1_aSilentNode_doesNotFailBeforeTheTimeout(@TempDir Path dir) throws Exception {
        try (GatewayProcess gateway = GatewayProcess.start(dir, SHORT_TIMES);
                GatewayClient operator = client(gateway, operator(gateway));
                MemberChannel silent = channel(gateway, 1)) {
            register(silent, 1);
            long lastBeat = System.nanoTime();
            assertThat(beat(silent, 1).getStatus()).isEqualTo("acknowledged");
            await("it to fail")
                    .pollInterval(Duration.ofMillis(5))
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> operator.stats().failed() == 1);
            long failed = System.nanoTime();
            System.out.println("LeasesIT: silence to failed took " + (failed - lastBeat) / 1_000_000 + " ms (timeout "
                    + TIMEOUT.toMillis() + " ms, sweep 100 ms)");
            assertThat(Duration.ofNanos(failed - lastBeat)).isGreaterThanOrEqualTo(TIMEOUT);
            assertThat(beat(silent, 1).getStatus()).isEqualTo("not_found");
        }
    }

    private static ConditionFactory patiently(String what) {
        return await(what).pollInterval(Duration.ofMillis(50)).atMost(Duration.ofSeconds(60));
    }

    private static Path operator(GatewayProcess gateway) {
        return gateway.certs().dir().resolve("alpha/operator-admin");
    }

    private static GatewayClient client(GatewayProcess gateway, Path credentials) {
        return GatewayClient.builder()
                .target(gateway.target())
                .credentials(NodeCredentials.fromDirectory(credentials))
                .build();
    }

    private static Node node(GatewayClient client, int id) {
        return client.nodes().nodes().stream()
                .filter(node -> node.id() == id)
                .findFirst()
                .orElseThrow();
    }

    private static MemberChannel channel(GatewayProcess gateway, int id) throws Exception {
        Member node = gateway.certs().namespace("alpha").node(id);
        return new MemberChannel(gateway, node.credential(), node.token());
    }

    /** With a token that was good two hours ago, so that a gateway whose clock is an hour behind takes it. */
    private static MemberChannel earlier(GatewayProcess gateway, DevNamespace alpha, int id) throws Exception {
        Member node = alpha.node(id);
        String token = alpha.tokens()
                .token(alpha.tokens()
                        .specFor(node.credential().certificate())
                        .issuedAt(Instant.now().minus(Duration.ofHours(2)))
                        .expiresAt(Instant.now().plus(Duration.ofHours(6))));
        return new MemberChannel(gateway, node.credential(), token);
    }

    private static void register(MemberChannel member, int id) {
        GatewayServiceGrpc.newBlockingStub(member.channel())
                .registerNode(RegisterNodeRequest.newBuilder()
                        .setNodeId(id)
                        .setIpAddress("10.0.0." + id)
                        .setPort(5000)
                        .setIncarnation(id)
                        .build());
    }

    private static HeartbeatResponse beat(MemberChannel member, int id) {
        return GatewayServiceGrpc.newBlockingStub(member.channel())
                .heartbeat(HeartbeatRequest.newBuilder()
                        .setNodeId(id)
                        .setIncarnation(id)
                        .build());
    }

    private static GetNodesResponse nodes(MemberChannel member) {
        return GatewayServiceGrpc.newBlockingStub(member.channel()).getNodes(GetNodesRequest.getDefaultInstance());
    }

    private static GetLeaderResponse leader(MemberChannel member) {
        return GatewayServiceGrpc.newBlockingStub(member.channel()).getLeader(GetLeaderRequest.getDefaultInstance());
    }

    /** How far the gateway's wall clock is from this process's. */
    private static Duration offset(MemberChannel member) {
        double there = GatewayServiceGrpc.newBlockingStub(member.channel())
                .healthCheck(HealthCheckRequest.getDefaultInstance())
                .getTimestamp();
        return Duration.between(Instant.now(), Instant.ofEpochMilli((long) (there * 1000)));
    }

    /** Node 1 sends a heartbeat every 50 ms while the test waits, and each must be acknowledged. */
    private record Beating(MemberChannel node) {
        HeartbeatResponse once() {
            HeartbeatResponse answer = beat(node, 1);
            assertThat(answer.getStatus()).isEqualTo("acknowledged");
            return answer;
        }

        void until(BooleanSupplier done) {
            patiently("what the heartbeats are sent for").until(() -> {
                once();
                return done.getAsBoolean();
            });
        }

        void forLongerThan(Duration time) {
            long start = System.nanoTime();
            until(() -> System.nanoTime() - start
                    > time.multipliedBy(3).dividedBy(2).toNanos());
        }
    }

    /** Real sessions of alpha's first nodes, and what they were told. */
    private static final class Sessions implements AutoCloseable {
        private final List<GatewayClient> clients = new ArrayList<>();
        private final List<Registration> registrations = new CopyOnWriteArrayList<>();

        Sessions(GatewayProcess gateway, int count) {
            for (int id = 1; id <= count; id++) {
                GatewayClient client =
                        client(gateway, gateway.certs().namespace("alpha").nodeDirectory(id));
                clients.add(client);
                NodeSession session = client.register(NodeDescription.of("10.0.0." + id, 5000), new SessionListener() {
                    @Override
                    public void registered(Registration registration) {
                        registrations.add(registration);
                    }
                });
                session.reportLeader(1, OptionalLong.of(1));
            }
        }

        List<Registration> registrations() {
            return registrations;
        }

        List<Node> nodes() {
            return clients.get(0).nodes().nodes();
        }

        long revision() {
            return clients.get(0).nodes().at().number();
        }

        /** Until each was heard after this moment. */
        void awaitBeats() {
            Instant now = Instant.now();
            patiently("a heartbeat of each").ignoreExceptions().untilAsserted(() -> assertThat(nodes())
                    .hasSize(clients.size())
                    .allMatch(node -> node.lastSeen().isAfter(now)));
        }

        @Override
        public void close() {
            clients.forEach(GatewayClient::close);
        }
    }
}

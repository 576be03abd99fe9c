package io.rollcall.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.rollcall.client.testing.FakeGateway;
import io.rollcall.net.HostPort;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Addresses, deadlines and real time. */
class GatewayClientTest {

    private static final NodeDescription NODE = NodeDescription.of("10.0.0.7", 5000);

    private static GatewayClient clientOf(Duration deadline, String... targets) {
        return GatewayClient.builder()
                .targets(List.of(targets))
                .plaintextForTests(7)
                .deadline(deadline)
                .build();
    }

    /** Returns the one that node 7 prefers less. */
    private static FakeGateway secondOf(FakeGateway one, FakeGateway other) {
        List<Target> targets = List.of(Target.parse(one.target()), Target.parse(other.target()));
        return Preference.order(targets, "spiffe://test/ns/test/node/7").get(1).equals(targets.get(0)) ? one : other;
    }

    @Test
    void client_whoseFirstAddressIsDown_usesTheNext() {
        String down;
        try (FakeGateway gone = FakeGateway.start()) {
            down = gone.target();
        }
        try (FakeGateway up = FakeGateway.start();
                GatewayClient client = clientOf(Duration.ofSeconds(10), down, up.target())) {
            assertThat(client.health().isHealthy()).isTrue();
            assertThat(client.stats().total()).isZero();
        }
    }

    @Test
    void client_whoseAddressCannotServe_usesTheNext_andComesBackWhenThatOneFails() {
        try (FakeGateway one = FakeGateway.start();
                FakeGateway other = FakeGateway.start();
                GatewayClient client = clientOf(Duration.ofSeconds(10), one.target(), other.target());
                GatewayClient witness = secondOf(one, other).client(8)) {
            FakeGateway second = secondOf(one, other);
            FakeGateway first = second == one ? other : one;
            witness.register(NODE);
            first.fail();
            assertThat(client.nodes().nodes()).hasSize(1);
            first.recover();
            assertThat(client.nodes().nodes())
                    .as("it stays where it was answered")
                    .hasSize(1);
            second.fail();
            assertThat(client.nodes().nodes()).isEmpty();
            second.recover();
        }
    }

    @Test
    void call_withoutAnAnswer_endsAtTheDeadline() {
        try (FakeGateway gateway = FakeGateway.start();
                GatewayClient client = clientOf(Duration.ofMillis(200), gateway.target())) {
            gateway.stall();

            assertThatThrownBy(client::stats)
                    .isInstanceOfSatisfying(GatewayException.class, late -> assertThat(late.code())
                            .isEqualTo("DEADLINE_EXCEEDED"));
        }
    }

    @Test
    void session_whoseGatewayRestarts_isRegisteredWithItByItself() {
        FakeGateway gateway = FakeGateway.start();
        gateway.heartbeatInterval(Duration.ofMillis(50));
        try (GatewayClient client = gateway.client(7)) {
            HeardEvents heard = new HeardEvents();
            NodeSession session = client.register(NODE, heard);
            await().until(() -> gateway.beats(7) > 2);

            gateway.close();
            await().until(() -> heard.words.contains("outage UNAVAILABLE"));

            try (FakeGateway successor = FakeGateway.startAt(gateway.port())) {
                await().until(() -> successor.holds(7));
                // The gateway holds the node a moment before the node hears of it.
                await().untilAsserted(() ->
                        assertThat(heard.words).containsSubsequence("outage UNAVAILABLE", "recovered", "registered"));
                session.close();
                assertThat(successor.holds(7)).isFalse();
            }
        }
    }

    /**
     * gRPC's own pause between attempts, a second and growing, must not add to the caller's. An attempt that was under
     * way when the gateway came back may still be refused; without the pause lifted, all calls of a second would be.
     */
    @RepeatedTest(20)
    void call_afterALongOutage_connectsAtOnce() throws Exception {
        FakeGateway gateway = FakeGateway.start();
        try (GatewayClient client = gateway.client(7)) {
            gateway.close();
            for (int call = 0; call < 6; call++) {
                assertThatThrownBy(client::stats).isInstanceOf(GatewayException.class);
            }
            try (FakeGateway successor = FakeGateway.startAt(gateway.port())) {
                int refused = 0;
                while (!isAnswered(client)) {
                    refused++;
                    assertThat(refused).isLessThan(10);
                    // The thread that ends that attempt needs a core, too; ten of these are much less than the pause.
                    Thread.sleep(20);
                }
                assertThat(successor.holds(7)).isFalse();
            }
        }
    }

    private static boolean isAnswered(GatewayClient client) {
        try {
            return client.stats().total() == 0;
        } catch (GatewayException e) {
            assertThat(e.code()).isEqualTo("UNAVAILABLE");
            return false;
        }
    }

    @Test
    void sessionThread_isADaemon_andEndsWithTheSession() {
        try (FakeGateway gateway = FakeGateway.start();
                GatewayClient client = gateway.client(7)) {
            NodeSession session = client.register(NODE);
            Thread thread = Thread.getAllStackTraces().keySet().stream()
                    .filter(candidate -> candidate.getName().equals("rollcall-session-7"))
                    .findFirst()
                    .orElseThrow();
            assertThat(thread.isDaemon()).isTrue();

            session.close();

            await().until(() -> !thread.isAlive());
        }
    }

    @Test
    void listener_thatClosesItsSession_isNeitherInterruptedNorWaitedFor() throws Exception {
        try (FakeGateway gateway = FakeGateway.start();
                GatewayClient client = gateway.client(7)) {
            gateway.heartbeatInterval(Duration.ofMillis(20));
            List<NodeSession> own = new CopyOnWriteArrayList<>();
            AtomicBoolean interrupted = new AtomicBoolean();
            CountDownLatch closed = new CountDownLatch(1);
            own.add(client.register(NODE, new SessionListener() {
                @Override
                public void outage(GatewayException why) {
                    gateway.recover();
                    own.get(0).close();
                    interrupted.set(Thread.currentThread().isInterrupted());
                    closed.countDown();
                }
            }));
            gateway.fail();

            assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(gateway.holds(7)).isFalse();
            assertThat(interrupted).as("its thread goes on undisturbed").isFalse();
            assertThat(own.get(0).state()).isEqualTo(SessionState.CLOSED);
        }
    }

    @Test
    void builder_saysWhatIsMissingOrWrong() {
        assertThatThrownBy(() -> GatewayClient.builder().build()).hasMessageContaining("no target");
        assertThatThrownBy(
                        () -> GatewayClient.builder().target("localhost:8090").build())
                .hasMessageContaining("no credentials");
        assertThatThrownBy(() -> GatewayClient.builder().target("localhost:port"))
                .hasMessage("target: 'localhost:port' (expected: host:port)");
        assertThatThrownBy(() -> GatewayClient.builder().target("::1")).hasMessageContaining("in brackets");
        assertThatThrownBy(() -> GatewayClient.builder()
                        .target("192.0.2.1:8090")
                        .plaintextForTests(1)
                        .build())
                .hasMessage("plaintext target: 192.0.2.1:8090 (expected: a loopback address)");
        assertThatThrownBy(() -> GatewayClient.builder().deadline(Duration.ZERO))
                .hasMessage("deadline: PT0S (expected: 100 ms..5 min)");
    }

    @Test
    void target_isReadInAllItsForms() {
        assertThat(Target.parse("[::1]:9000"))
                .isEqualTo(new Target(new HostPort("::1", 9000)))
                .hasToString("[::1]:9000");
        assertThat(Target.parse("gateway.example")).isEqualTo(new Target(new HostPort("gateway.example", 8090)));
        assertThat(Target.parse("10.0.0.1:1")).isEqualTo(new Target(new HostPort("10.0.0.1", 1)));
    }

    @Test
    void aNodesAddress_isKeptWithoutBrackets_andRefusedWhereItIsNone() {
        assertThat(NodeDescription.of("[FD00:0::7]", 5000).host()).isEqualTo("fd00::7");
        assertThat(NodeDescription.of("node-7.example", 5000).host()).isEqualTo("node-7.example");
        assertThatThrownBy(() -> NodeDescription.of("", 5000))
                .hasMessage("host: '' (expected: an IP address or a host name)");
        assertThatThrownBy(() -> NodeDescription.of("10.0.0.7:5000", 5000))
                .hasMessage("host: '10.0.0.7:5000' (expected: an IP address or a host name)");
    }
}

package io.rollcall.server.system;

import static io.rollcall.server.system.NodeCalls.listed;
import static io.rollcall.server.system.NodeCalls.node;
import static io.rollcall.server.system.NodeCalls.register;
import static io.rollcall.server.system.NodeCalls.stub;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.rollcall.devcerts.Member;
import io.rollcall.server.FailingGateway;
import io.rollcall.server.FailingGateway.How;
import io.rollcall.server.testing.TestGate;
import io.rollcall.server.watch.Follower;
import io.rollcall.server.watch.Replay;
import io.rollcall.v1.GetNodesRequest;
import io.rollcall.v1.HealthCheckRequest;
import io.rollcall.v1.RegisterNodeRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The real gateway without memory: it ends with 3, or refuses a call; and what it acknowledged is there afterwards (D1). */
@Timeout(240)
class OutOfMemoryIT {
    /** Well before the watchdog would end it. */
    private static final Duration AT_MOST = Duration.ofSeconds(20);

    @TempDir
    private Path dir;

    /** Started as somebody might who does not know of the JVM's option, so that the gateway's own ways are tried. */
    private GatewayProcess failing(String thread, How how, String... options) throws IOException {
        return GatewayProcess.startFailing(
                dir,
                List.of(),
                Map.of(
                        FailingGateway.THREAD,
                        thread,
                        FailingGateway.HOW,
                        how.name(),
                        FailingGateway.WHEN,
                        trigger().toString(),
                        FailingGateway.LIMIT,
                        "30"),
                options);
    }

    private Path trigger() {
        return dir.resolve("fail");
    }

    @ParameterizedTest
    @ValueSource(strings = {"registry-writer"})
    void d1_withoutRoomOnTheHeap_theProcessEnds(String thread) throws Exception {
        endsWithThree(thread, How.HEAP);
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(
            strings = {
                "gateway-net",
                "lease-sweeper",
                "audit-writer",
                "gateway-reload",
                "gateway-credentials",
                "gateway-timers",
                "gateway-watch",
                "gateway-lists",
                "gateway-accept",
                "qtp"
            })
    void d1_withoutRoomOnTheHeap_theProcessEnds_whicheverThreadFindsOut(String thread) throws Exception {
        endsWithThree(thread, How.HEAP);
    }

    /** No call is to blame for what these allocate. */
    @Tag("long")
    @ParameterizedTest
    @ValueSource(
            strings = {
                "registry-writer",
                "lease-sweeper",
                "audit-writer",
                "gateway-reload",
                "gateway-credentials",
                "gateway-timers",
                "gateway-accept"
            })
    void d1_withoutDirectMemory_inASharedThread_theProcessEnds(String thread) throws Exception {
        endsWithThree(thread, How.DIRECT);
    }

    private void endsWithThree(String thread, How how) throws Exception {
        String[] options = thread.equals("gateway-accept") ? new String[] {"--max-connections", "1"} : new String[0];
        try (GatewayProcess gateway = failing(thread, how, options);
                MemberChannel one = node(gateway, 1)) {
            register(one, 1, 1);
            new Follower(one.channel(), new Replay(), Integer.MAX_VALUE);
            Files.createFile(trigger());
            CompletableFuture<Void> calls = CompletableFuture.runAsync(() -> callUntilItEnds(gateway));
            gateway.process().awaitLine("failing now");
            long failed = System.nanoTime();
            assertThat(gateway.process().exitCode()).isEqualTo(3);
            assertThat(Duration.ofNanos(System.nanoTime() - failed)).isLessThan(AT_MOST);
            await().untilAsserted(() -> assertThat(gateway.process().lines())
                    .anyMatch(line -> line.startsWith("The gateway is out of memory")));
            calls.join();
        }
        Files.delete(trigger());
        try (GatewayProcess again = GatewayProcess.start(dir);
                MemberChannel one = node(again, 1)) {
            assertThat(listed(one)).containsExactly(1);
        }
    }

    /** So that each thread has something to do; a fresh session each time is a change to commit. */
    private static void callUntilItEnds(GatewayProcess gateway) {
        for (int incarnation = 2; gateway.process().isAlive(); incarnation++) {
            try (MemberChannel channel = node(gateway, 1)) {
                stub(channel).getNodes(GetNodesRequest.getDefaultInstance());
                register(channel, 1, incarnation);
                new ConsoleHttp(gateway).signIn("admin", gateway.consolePassword());
            } catch (Exception expected) {
                Thread.onSpinWait(); // that is how callers notice
            }
        }
    }

    /** The heap itself is full, somebody kept the error to itself, and the JVM was not told to end. */
    @Tag("long")
    @Test
    void d1_aFullHeap_endsTheProcess_whoeverStartedIt() throws Exception {
        try (GatewayProcess gateway = failing("nobody", How.FULL_HEAP);
                MemberChannel one = node(gateway, 1)) {
            register(one, 1, 1);
            Files.createFile(trigger());
            assertThat(gateway.process().exitCode()).isEqualTo(3);
        }
        try (GatewayProcess again = GatewayProcess.start(dir);
                MemberChannel one = node(again, 1)) {
            assertThat(listed(one)).containsExactly(1);
        }
    }

    @Test
    void withoutDirectMemory_onACallsPath_thisCallIsRefused_withAnAlarm_andTheProcessGoesOn() throws Exception {
        try (GatewayProcess gateway = failing("gateway-net", How.DIRECT);
                MemberChannel one = node(gateway, 1)) {
            register(one, 1, 1);
            Files.createFile(trigger());
            await().untilAsserted(() -> assertRefused(one, Status.Code.RESOURCE_EXHAUSTED, "OUT_OF_MEMORY"));
            await().untilAsserted(() -> assertThat(ConsoleHttp.scrape(gateway))
                    .contains("rollcall_alarm{matter=\"direct_memory\",namespace=\"gateway\"} 1.0")
                    .contains("rollcall_alarm{matter=\"jvm_options\",namespace=\"gateway\"} 1.0"));
            assertThat(gateway.process().isAlive()).isTrue();
        }
    }

    /** Really: one member leaves its replies unread until there is no memory for the next one. */
    @Tag("long")
    @Test
    void aMemberThatReadsNothing_isRefused_whenDirectMemoryRunsOut_andTheProcessGoesOn() throws Exception {
        try (GatewayProcess gateway = GatewayProcess.startJvm(
                        dir,
                        List.of("-XX:+ExitOnOutOfMemoryError", "-XX:MaxDirectMemorySize=32m"),
                        "--quota-unread",
                        "1GiB",
                        "--quota-changes",
                        "1000000",
                        "--quota-reads",
                        "1000000");
                MemberChannel one = node(gateway, 1)) {
            for (int node = 1; node <= 5; node++) {
                registerLarge(gateway, node);
            }
            Member member = gateway.certs().namespace("alpha").node(1);
            List<RawHttp2> unread = new ArrayList<>();
            while (!ConsoleHttp.scrape(gateway).contains("matter=\"direct_memory\"")) {
                assertThat(unread).as("connections that fill 24 MiB").hasSizeLessThan(20);
                unread.add(leaveUnread(new RawHttp2(gateway, member).begin(), member));
            }
            await().untilAsserted(() -> assertThat(ConsoleHttp.scrape(gateway))
                    .doesNotContain("rollcall_refusals_total{reason=\"OUT_OF_MEMORY\"} 0.0")
                    .doesNotContain("reason=\"INTERNAL\"} 1.0"));
            for (RawHttp2 connection : unread) {
                connection.close();
            }
            await().ignoreExceptionsInstanceOf(StatusRuntimeException.class)
                    .until(() -> listed(one).size() == 5);
            assertThat(gateway.process().isAlive()).isTrue();
        }
    }

    private static void registerLarge(GatewayProcess gateway, int node) throws Exception {
        try (MemberChannel channel = node(gateway, node)) {
            var unused = stub(channel)
                    .registerNode(RegisterNodeRequest.newBuilder()
                            .setNodeId(node)
                            .setIpAddress("10.0.0." + node)
                            .setPort(5000)
                            .setIncarnation(node)
                            .putAllMetadata(large(node))
                            .build());
        }
    }

    private static Map<String, String> large(int node) {
        String value = (node + "-").repeat(500);
        return IntStream.range(0, 15).boxed().collect(Collectors.toMap(key -> "key" + key, key -> value));
    }

    /** Sixty lists of some 75 KB on a connection whose window is 64 KiB in all. */
    private static RawHttp2 leaveUnread(RawHttp2 connection, Member member) throws IOException {
        for (int stream = 1; stream < 120; stream += 2) {
            connection
                    .frame(
                            RawHttp2.HEADERS,
                            RawHttp2.END_HEADERS,
                            stream,
                            RawHttp2.call(
                                    "rollcall.v1.GatewayService/GetNodes",
                                    Map.of("authorization", "Bearer " + member.token())))
                    .frame(RawHttp2.DATA, RawHttp2.END_STREAM, stream, new byte[5]);
        }
        return connection.flush();
    }

    @Test
    void otherErrors_onACallsPath_areDefects_andTheProcessGoesOn() throws Exception {
        try (GatewayProcess gateway = failing("gateway-net", How.DEFECT);
                MemberChannel one = node(gateway, 1)) {
            register(one, 1, 1);
            Files.createFile(trigger());
            await().untilAsserted(() -> assertRefused(one, Status.Code.INTERNAL, "INTERNAL"));
            assertThat(gateway.process().isAlive()).isTrue();
        }
    }

    private static void assertRefused(MemberChannel channel, Status.Code code, String reason) {
        assertThatThrownBy(() -> stub(channel).healthCheck(HealthCheckRequest.getDefaultInstance()))
                .isInstanceOfSatisfying(StatusRuntimeException.class, refused -> {
                    assertThat(refused.getStatus().getCode()).isEqualTo(code);
                    assertThat(TestGate.reason(refused)).isEqualTo(reason);
                });
    }
}

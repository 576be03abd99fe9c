package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.rollcall.devcerts.Member;
import io.rollcall.server.system.HeldStreams.Opening;
import io.rollcall.server.watch.Follower;
import io.rollcall.server.watch.Replay;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.GatewayServiceGrpc.GatewayServiceBlockingStub;
import io.rollcall.v1.GetNodesRequest;
import io.rollcall.v1.HeartbeatRequest;
import io.rollcall.v1.RegisterNodeRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * One member opens as many streams as it may, of each kind, and reads nothing, or as little as it must: it is refused
 * with RESOURCE_EXHAUSTED before the gateway's memory is, and another tenant is served all the while. The gateway has
 * 256 MiB of heap, as all in these tests.
 *
 * <p>Planted bugs, each as it was before: streams' replies not counted and gRPC's threshold of 32 KiB, with messages of
 * 64 KiB; calls without a cost; names of any length in health watches; requests that are whole but for their end not
 * counted.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(900)
class OpenStreamsIT {
    private static final String SERVICE = "rollcall.v1.GatewayService/";
    private static final String SLOWEST = "REGISTRATION_WITHOUT_END";
    private static final int NODES = 5;
    private static final int MIB = 1 << 20;

    @TempDir
    private static Path dir;

    private GatewayProcess small;

    /** What a stream is opened for. */
    enum Kind {
        HEALTH_WATCH,
        REFLECTION,
        WATCH_UNREAD,
        WATCH_READ,
        KEEP_ALIVE_UNREAD,
        HEARTBEAT_UNREAD,
        REGISTRATION_WITHOUT_END;

        Opening opening(Map<String, String> token) {
            byte[] beat = HeartbeatRequest.newBuilder()
                    .setNodeId(1)
                    .setIncarnation(1)
                    .build()
                    .toByteArray();
            return switch (this) {
                case HEALTH_WATCH ->
                    Opening.asking(
                            "grpc.health.v1.Health/Watch",
                            Map.of("note", "x".repeat(3_000)),
                            HealthCheckRequest.newBuilder()
                                    .setService("x".repeat(200))
                                    .build()
                                    .toByteArray());
                case REFLECTION ->
                    Opening.talking(
                            "grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
                            token,
                            ServerReflectionRequest.newBuilder()
                                    .setFileContainingSymbol("rollcall.v1.GatewayService")
                                    .build()
                                    .toByteArray());
                case WATCH_UNREAD -> Opening.asking(SERVICE + "WatchNodes", token, new byte[0]);
                case WATCH_READ ->
                    Opening.asking(SERVICE + "WatchNodes", token, new byte[0]).withWindow(Integer.MAX_VALUE);
                case KEEP_ALIVE_UNREAD -> Opening.talking(SERVICE + "KeepAlive", token, beat);
                case HEARTBEAT_UNREAD -> Opening.asking(SERVICE + "Heartbeat", token, beat);
                case REGISTRATION_WITHOUT_END ->
                    Opening.talking(
                            SERVICE + "RegisterNode", token, registration(1, 40).toByteArray());
            };
        }
    }

    private static RegisterNodeRequest registration(int node, int kilobytes) {
        RegisterNodeRequest.Builder request = RegisterNodeRequest.newBuilder()
                .setNodeId(node)
                .setIpAddress("10.0.0.1")
                .setPort(5000)
                .setIncarnation(node);
        for (int i = 0; i < kilobytes; i++) {
            request.putMetadata("key-" + i, "x".repeat(1_000));
        }
        return request.build();
    }

    @BeforeAll
    void startSmall() throws Exception {
        small = start(
                dir.resolve("small"),
                "--quota-call-memory",
                "1MiB",
                "--quota-unread",
                "1MiB",
                // All kinds together: a fast machine must not come to the rates.
                "--quota-reads",
                "1000000",
                "--quota-changes",
                "1000000");
    }

    @AfterAll
    void stop() {
        small.close();
    }

    /** Some 75 KiB of nodes in each namespace: more than a window. */
    private GatewayProcess start(Path where, String... options) throws Exception {
        List<String> all = new ArrayList<>(List.of(options));
        all.addAll(List.of("--ping-interval", "1h")); // the streams' client answers none
        all.addAll(List.of("--node-timeout", "1d")); // and only one node beats
        GatewayProcess gateway = GatewayProcess.start(where, all.toArray(String[]::new));
        for (String namespace : new String[] {"alpha", "beta"}) {
            for (int node = 1; node <= NODES; node++) {
                try (MemberChannel channel = member(gateway, namespace, node)) {
                    var unused = stub(channel).registerNode(registration(node, 15));
                }
            }
        }
        return gateway;
    }

    private static Member attacker(GatewayProcess gateway) {
        return gateway.certs().namespace("alpha").node(1);
    }

    private static Opening opening(Kind kind, GatewayProcess gateway) throws IOException {
        return kind.opening(Map.ofEntries(HeldStreams.bearer(attacker(gateway))));
    }

    private static MemberChannel member(GatewayProcess gateway, String namespace, int node) throws Exception {
        Member member = gateway.certs().namespace(namespace).node(node);
        return new MemberChannel(gateway, member.credential(), member.token());
    }

    private static GatewayServiceBlockingStub stub(MemberChannel channel) {
        return GatewayServiceGrpc.newBlockingStub(channel.channel()).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    /** A watch with its snapshot, a list and a heartbeat. */
    private static void assertServed(GatewayProcess gateway, MemberChannel channel) throws Exception {
        Replay replay = new Replay();
        Follower watch = new Follower(channel.channel(), replay, Integer.MAX_VALUE);
        await().atMost(Duration.ofSeconds(20)).until(() -> replay.snapshots() == 1);
        watch.cut();
        assertThat(stub(channel).getNodes(GetNodesRequest.getDefaultInstance()).getNodesCount())
                .isEqualTo(NODES);
        assertThat(stub(channel)
                        .heartbeat(HeartbeatRequest.newBuilder()
                                .setNodeId(2)
                                .setIncarnation(2)
                                .build())
                        .getStatus())
                .isEqualTo("acknowledged");
        assertThat(gateway.process().lines()).noneMatch(line -> line.contains("OutOfMemory"));
    }

    /** In batches of a connection each, with a pause in between, so that no rate refuses. */
    private static void open(HeldStreams streams, Opening opening, int count, long pauseMillis) throws Exception {
        for (int left = count; left > 0; left -= HeldStreams.TO_A_CONNECTION) {
            streams.open(opening, Math.min(left, HeldStreams.TO_A_CONNECTION));
            Thread.sleep(pauseMillis);
        }
    }

    private static void assertRefusedForMemory(HeldStreams streams) {
        assertThat(streams.ends().keySet())
                .isNotEmpty()
                .isSubsetOf(
                        "RESOURCE_EXHAUSTED TOO_MUCH_CALL_MEMORY",
                        "RESOURCE_EXHAUSTED TOO_MUCH_UNREAD",
                        "RESOURCE_EXHAUSTED REQUEST_BUFFER_FULL",
                        "RESOURCE_EXHAUSTED TOO_MANY_CALLS",
                        "RESOURCE_EXHAUSTED TOO_MANY_WATCHERS");
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = SLOWEST)
    void streamsOfAKind_areBounded_andAnotherTenantIsServed(Kind kind) throws Exception {
        areBounded(kind);
    }

    @Tag("long")
    @ParameterizedTest
    @EnumSource(names = SLOWEST)
    void streamsOfTheSlowestKind_areBounded_too(Kind kind) throws Exception {
        areBounded(kind);
    }

    private void areBounded(Kind kind) throws Exception {
        int enough = 400;
        try (MemberChannel other = member(small, "beta", 2)) {
            assertServed(small, other);
            long before = ProcessMemory.direct(small);
            Map<Boolean, Integer> held = new LinkedHashMap<>();
            for (boolean isAgain : new boolean[] {false, true}) {
                try (HeldStreams streams = new HeldStreams(small, attacker(small))) {
                    open(streams, opening(kind, small), enough, 0);
                    if (kind == Kind.KEEP_ALIVE_UNREAD) {
                        streams.say(manyBeats(100));
                    }
                    await().untilAsserted(() -> {
                        streams.settle();
                        assertRefusedForMemory(streams);
                    });
                    assertServed(small, other);
                    long direct = ProcessMemory.direct(small) - before;
                    System.out.printf(
                            "%s: %d of %d streams held, %d KiB of direct memory, the others %s%n",
                            kind, streams.held(), streams.opened(), direct >> 10, streams.ends());
                    assertThat(direct)
                            .as("1 MiB may be unread; the rest is netty's chunks")
                            .isLessThan(16 * MIB);
                    held.put(isAgain, streams.held());
                }
                // The gateway notices a moment later that they are gone.
                await().untilAsserted(() -> assertThat(ConsoleHttp.scrape(small))
                        .contains("rollcall_connections{namespace=\"alpha\"} 0.0"));
            }
            // Some of them are refused a little later than they are counted here.
            assertThat(held.getOrDefault(true, 0))
                    .as("what the first ones held was given back")
                    .isGreaterThanOrEqualTo(held.getOrDefault(false, 0) / 3);
        }
    }

    /** Many messages in one. */
    private static byte[] manyBeats(int count) {
        byte[] beat = HeartbeatRequest.newBuilder()
                .setNodeId(1)
                .setIncarnation(1)
                .build()
                .toByteArray();
        ByteBuffer all = ByteBuffer.allocate(count * (5 + beat.length));
        for (int i = 0; i < count; i++) {
            all.put((byte) 0).putInt(beat.length).put(beat);
        }
        return all.array();
    }

    /** With the quotas that a namespace has unless it says otherwise, and some hundred streams a second. */
    @ParameterizedTest
    @EnumSource
    @Tag("long")
    void asManyStreamsAsAMemberMayOpen_leaveMemoryAsItWas(Kind kind) throws Exception {
        int asMany = 26_000;
        try (GatewayProcess gateway = start(dir.resolve(kind.name()));
                MemberChannel other = member(gateway, "beta", 2)) {
            try (HeldStreams first = new HeldStreams(gateway, attacker(gateway))) {
                open(first, opening(kind, gateway), 500, 250); // what is made once is made then
            }
            assertServed(gateway, other);
            ProcessMemory before = ProcessMemory.of(gateway);
            try (HeldStreams streams = new HeldStreams(gateway, attacker(gateway))) {
                while (streams.opened() < asMany && streams.ends().isEmpty()) {
                    open(streams, opening(kind, gateway), 1_000, 250);
                    assertServed(gateway, other);
                    streams.settle();
                }
                open(streams, opening(kind, gateway), 500, 250);
                assertRefusedForMemory(streams);
                assertServed(gateway, other);
                ProcessMemory full = ProcessMemory.of(gateway);
                System.out.printf(
                        "%s: %d of %d streams held, heap %d -> %d MiB, direct %d -> %d MiB, the others %s%n",
                        kind,
                        streams.held(),
                        streams.opened(),
                        before.heap() / MIB,
                        full.heap() / MIB,
                        before.direct() / MIB,
                        full.direct() / MIB,
                        streams.ends());
            }
            assertServed(gateway, other);
            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofSeconds(3))
                    .untilAsserted(() -> {
                        ProcessMemory after = ProcessMemory.of(gateway);
                        System.out.printf(
                                "%s: after, heap %d, direct %d MiB%n", kind, after.heap() / MIB, after.direct() / MIB);
                        assertThat(after.heap() - before.heap()).as("heap").isLessThan(8L * MIB);
                        assertThat(after.direct() - before.direct())
                                .as("direct")
                                .isLessThan(72L * MIB);
                    });
        }
    }
}

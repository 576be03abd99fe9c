package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.rollcall.devcerts.DevNamespace;
import io.rollcall.devcerts.Member;
import io.rollcall.server.CrashingGateway;
import io.rollcall.server.store.OlderStore;
import io.rollcall.server.watch.Follower;
import io.rollcall.server.watch.Replay;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.GatewayServiceGrpc.GatewayServiceBlockingStub;
import io.rollcall.v1.GetLeaderRequest;
import io.rollcall.v1.GetNodesRequest;
import io.rollcall.v1.GetNodesResponse;
import io.rollcall.v1.GetStatsRequest;
import io.rollcall.v1.ResetBootstrapRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What was acknowledged is there after kill -9 at any instant (D1), nothing else was ever seen (D2), and nobody founds
 * twice, leads in an older term or takes up a revision again (B2, L1, W1).
 *
 * <p>Clients of two namespaces act at random and keep a history; a watcher of each sees it happen, and another one hears
 * of it only after each restart. It all begins from each way a store can come to be, and some starts are killed, too.
 * {@code -Drollcall.crashes=…} says how many crashes from each, {@code -Drollcall.seed=…} repeats what the clients chose,
 * though not the instant at which the system let them.
 *
 * <p>The fault that asked for the other beginnings: a restored store that was killed once was refused for ever.
 */
class CrashIT {
    private static final int NODES = 3;
    private static final int CRASHES_OF_ALL = 25;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** When the store is opened, about: a start is killed at some instant between these. */
    private static final int EARLIEST_MILLIS = 200;

    private static final int LATEST_MILLIS = 1_400;

    @TempDir
    private Path dir;

    private final AtomicLong counter = new AtomicLong();
    private final Map<String, Tenant> tenants = Map.of("alpha", new Tenant(), "beta", new Tenant());

    /** One namespace, through all crashes. */
    private static final class Tenant {
        private final AcknowledgedHistory history = new AcknowledgedHistory();
        private final Replay seen = new Replay();
        private final Replay heard = new Replay();
    }

    /** How a store comes to be. */
    private enum Origin {
        FRESH(16),
        /** A backup's copy, in an empty directory. */
        RESTORED(3),
        /** Made by a build of before there were branches. */
        MIGRATED(3),
        /** Its disk was full when the gateway was killed. */
        FULL_DISK(3);

        /** In the usual run. */
        private final int crashes;

        Origin(int crashes) {
            this.crashes = crashes;
        }

        int crashes() {
            return Integer.getInteger(
                    "rollcall.crashes", Boolean.getBoolean("rollcall.all") ? CRASHES_OF_ALL : crashes);
        }
    }

    private static MemberChannel operator(GatewayProcess gateway, String namespace) throws Exception {
        Member member = gateway.certs().namespace(namespace).operator();
        return new MemberChannel(gateway, member.credential(), member.token());
    }

    @ParameterizedTest
    @EnumSource(Origin.class)
    void d1_b2_l1_w1_whatWasAcknowledged_survivesKillMinus9_atAnyInstant(Origin origin) throws Exception {
        if (origin == Origin.FULL_DISK) {
            try (SmallDisk disk = new SmallDisk(dir.resolve("data"), "64m")) {
                killOnFullDisk(disk);
                surviveCrashes(origin);
            }
            return;
        }
        if (origin == Origin.RESTORED) {
            restore();
        } else if (origin == Origin.MIGRATED) {
            OlderStore.write(OlderStore.UNSERVED, dir.resolve("data"));
        }
        surviveCrashes(origin);
    }

    private void restore() throws Exception {
        try (GatewayProcess gateway = GatewayProcess.start(dir)) {
            gateway.process().terminate();
        }
        Path copy = dir.resolve("copy.db");
        GatewayProcess.backup(dir, copy);
        Files.move(copy, dir.resolve("data/registry.db"), StandardCopyOption.REPLACE_EXISTING);
    }

    private void killOnFullDisk(SmallDisk disk) throws Exception {
        try (GatewayProcess gateway = GatewayProcess.start(dir, GatewayProcess.UNHURRIED);
                MemberChannel one = operator(gateway, "alpha")) {
            disk.fill();
            ResetBootstrapRequest reset = ResetBootstrapRequest.newBuilder()
                    .setForce(true)
                    .setReason("to fill the log")
                    .build();
            // The log may have room for a change or two; what is refused then must not be there later.
            await().until(() -> {
                try {
                    GatewayServiceGrpc.newBlockingStub(one.channel()).resetBootstrap(reset);
                    return false;
                } catch (StatusRuntimeException refused) {
                    return refused.getStatus().getCode() == Status.Code.UNAVAILABLE;
                }
            });
            gateway.process().kill();
            gateway.process().exitCode();
        }
        disk.free();
    }

    private void surviveCrashes(Origin origin) throws Exception {
        int crashes = origin.crashes();
        long seed = Long.getLong("rollcall.seed", System.nanoTime());
        Random random = new Random(seed);
        try {
            for (int crash = 0; crash <= crashes; crash++) {
                if (crash % 8 < 2) { // the first starts have the most to do
                    GatewayProcess.startAndKill(
                            dir, Duration.ofMillis(EARLIEST_MILLIS + random.nextInt(LATEST_MILLIS - EARLIEST_MILLIS)));
                }
                try (GatewayProcess gateway = GatewayProcess.start(dir, GatewayProcess.UNHURRIED)) {
                    check(gateway);
                    if (crash < crashes) {
                        int before = acts();
                        liveUntil(gateway, random, () -> {
                            await().atMost(PATIENCE)
                                    .pollInterval(Duration.ofMillis(1))
                                    .until(() -> acts() > before);
                            Thread.sleep(random.nextInt(700));
                            gateway.process().kill();
                        });
                    }
                }
            }
        } catch (AssertionError e) {
            throw new AssertionError("repeat with -Drollcall.seed=" + seed, e);
        }
        System.out.printf(
                "D1: %d acknowledged registrations and removals through %d crashes, from a store that was %s%n",
                acts(), crashes, origin);
    }

    private int acts() {
        return tenants.values().stream()
                .mapToInt(tenant -> tenant.history.acts())
                .sum();
    }

    /** In the middle of a commit: before it is written, after that, and when all but the caller know of it. */
    @ParameterizedTest
    @EnumSource(CrashingGateway.Point.class)
    void d1_d2_whatWasAcknowledged_survivesACrashAtEachPointOfACommit(CrashingGateway.Point point) throws Exception {
        Random random = new Random(point.ordinal());
        try (GatewayProcess gateway = GatewayProcess.start(dir, GatewayProcess.UNHURRIED)) {
            check(gateway); // both watchers begin with nothing
        }
        for (int commit : List.of(1, 7, 40)) {
            try (GatewayProcess gateway = GatewayProcess.startCrashing(dir, point, commit)) {
                liveUntil(gateway, random, () -> assertThat(gateway.process().exitCode())
                        .isEqualTo(CrashingGateway.EXIT_CODE));
            }
            try (GatewayProcess gateway = GatewayProcess.start(dir, GatewayProcess.UNHURRIED)) {
                check(gateway);
            }
        }
    }

    @Test
    void d1_whatWasAcknowledged_isThereAfterSigterm_whichEndsInGoodTime() throws Exception {
        Random random = new Random(3);
        for (int round = 0; round < 3; round++) {
            try (GatewayProcess gateway = GatewayProcess.start(dir, GatewayProcess.UNHURRIED)) {
                check(gateway);
                int before = acts();
                liveUntil(gateway, random, () -> {
                    await().atMost(PATIENCE).until(() -> acts() > before + 20);
                    long began = System.nanoTime();
                    assertThat(gateway.process().terminate()).isZero();
                    System.out.printf(
                            "SIGTERM to the end, under load: %d ms%n",
                            Duration.ofNanos(System.nanoTime() - began).toMillis());
                });
            }
        }
        try (GatewayProcess gateway = GatewayProcess.start(dir, GatewayProcess.UNHURRIED)) {
            check(gateway);
        }
    }

    /** What brings a gateway's life to its end. */
    private interface End {
        void come() throws Exception;
    }

    /** All act for a while, then the gateway is gone, and they with it. */
    private void liveUntil(GatewayProcess gateway, Random random, End end) throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        List<CompletableFuture<Void>> clients = new ArrayList<>();
        for (String namespace : List.of("alpha", "beta")) {
            Tenant tenant = tenants.get(namespace);
            DevNamespace members = gateway.certs().namespace(namespace);
            for (int node = 0; node <= NODES; node++) {
                Member member = node == 0 ? members.operator() : members.node(node);
                Random chance = new Random(random.nextLong());
                clients.add(CompletableFuture.runAsync(
                        new RandomClient(gateway, member, node, tenant.history, counter, chance, stop)));
            }
        }
        try (MemberChannel alpha = operator(gateway, "alpha");
                MemberChannel beta = operator(gateway, "beta")) {
            Follower ofAlpha = new Follower(alpha.channel(), tenants.get("alpha").seen, Integer.MAX_VALUE);
            Follower ofBeta = new Follower(beta.channel(), tenants.get("beta").seen, Integer.MAX_VALUE);
            end.come();
            stop.set(true);
            CompletableFuture.allOf(clients.toArray(CompletableFuture[]::new)).join();
            requireNoAssertion(ofAlpha.awaitEnd());
            requireNoAssertion(ofBeta.awaitEnd());
        }
    }

    private static void requireNoAssertion(Throwable end) {
        if (end instanceof AssertionError failed) {
            throw failed;
        }
    }

    /** What a gateway shows that has just started. */
    private void check(GatewayProcess gateway) throws Exception {
        for (String namespace : List.of("alpha", "beta")) {
            try (MemberChannel channel = operator(gateway, namespace)) {
                Tenant tenant = tenants.get(namespace);
                GatewayServiceBlockingStub stub = GatewayServiceGrpc.newBlockingStub(channel.channel());
                long revision =
                        stub.getStats(GetStatsRequest.getDefaultInstance()).getRevision();
                catchUp(channel, tenant.seen, revision);
                catchUp(channel, tenant.heard, revision);
                assertThat(tenant.seen.resyncs())
                        .as("all that was missed is still held")
                        .isZero();
                assertThat(tenant.heard.resyncs()).isZero();
                assertThat(tenant.seen.applied().equals(tenant.heard.applied()))
                        .as("D2, W1: what was seen before the crash is what there is after it")
                        .isTrue();
                assertThat(tenant.seen.view()).isEqualTo(tenant.heard.view());
                GetNodesResponse nodes = stub.getNodes(GetNodesRequest.newBuilder()
                        .addAllStatuses(List.of("active", "suspected", "failed"))
                        .build());
                tenant.history.check(nodes, stub.getLeader(GetLeaderRequest.getDefaultInstance()));
                tenant.history.check(tenant.heard.applied());
            }
        }
    }

    private static void catchUp(MemberChannel channel, Replay replay, long revision) throws InterruptedException {
        Follower follower = new Follower(channel.channel(), replay, Integer.MAX_VALUE);
        await().atMost(PATIENCE).until(() -> replay.revision() >= revision);
        follower.cut();
    }
}

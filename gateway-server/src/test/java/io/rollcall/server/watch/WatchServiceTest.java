package io.rollcall.server.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Channel;
import io.rollcall.server.registry.Registrations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What W1 and W2 promise, with a real registry, real sockets and watchers that are cut off or do not read. */
@Timeout(120)
class WatchServiceTest {
    private static final int CUTS = 100;
    private static final int NODES = 20;

    /** Nodes come, go, come back and lead, until told to stop. */
    private static CompletableFuture<Void> churn(WatchGate gate, AtomicBoolean stop) {
        return CompletableFuture.runAsync(() -> {
            Random random = new Random(7);
            for (long entry = 1; !stop.get(); entry++) {
                int node = 1 + random.nextInt(NODES);
                switch (random.nextInt(4)) {
                    case 0 -> Registrations.remove(gate.namespace(), node);
                    case 1 -> Registrations.report(gate.namespace(), node, 0, entry);
                    default -> Registrations.register(gate.namespace(), node, random.nextInt(2) * entry);
                }
            }
        });
    }

    /** Cuts the replay's stream off after a few messages, again and again, while everything moves. */
    private static void cutAndResume(WatchGate gate, Replay replay) throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        Channel channel = gate.channel();
        new Follower(channel, replay, 1).awaitFed().cut();
        CompletableFuture<Void> churn = churn(gate, stop);
        Random random = new Random(8);
        try {
            for (int cut = 1; cut <= CUTS; cut++) {
                new Follower(channel, replay, 1 + random.nextInt(20)).awaitFed().cut();
            }
        } finally {
            stop.set(true);
            churn.join();
        }
        Follower last = new Follower(channel, replay, Integer.MAX_VALUE);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> replay.revision() == gate.namespace().state().revision());
        last.cut();
    }

    @Test
    void w1_aWatcherCutOffAHundredTimes_hasAppliedExactlyTheHistory() throws Exception {
        try (WatchGate gate = new WatchGate(1 << 20)) {
            Replay replay = new Replay();
            cutAndResume(gate, replay);
            assertThat(replay.applied().equals(gate.history()))
                    .as("the history, in order, each change once")
                    .isTrue();
            assertThat(replay.view()).isEqualTo(gate.view());
            assertThat(replay.snapshots()).isEqualTo(1);
            System.out.printf(
                    "W1: %d changes through %d cuts%n", replay.applied().size(), CUTS);
        }
    }

    @Test
    void w1_aWatcherOfAShortHistory_isToldToResync_andEndsWithTheSameView() throws Exception {
        try (WatchGate gate = new WatchGate(4)) {
            Replay replay = new Replay();
            cutAndResume(gate, replay);
            assertThat(replay.resyncs()).isPositive();
            assertThat(replay.view()).isEqualTo(gate.view());
            System.out.printf("W1: %d resyncs in %d cuts%n", replay.resyncs(), CUTS);
        }
    }

    @Test
    void w2_watchersThatDoNotRead_costBoundedMemory_andDelayNobody() throws Exception {
        int stalled = 8;
        int quick = 3;
        int changes = 20_000;
        try (WatchGate gate = new WatchGate(1024)) {
            Registrations.register(gate.namespace(), 1, 1);
            List<Replay> stalledReplays = new ArrayList<>();
            List<Follower> stalledFollowers = new ArrayList<>();
            for (int i = 0; i < stalled; i++) {
                Replay replay = new Replay(false);
                stalledReplays.add(replay);
                stalledFollowers.add(new Follower(gate.channel(), replay, 1).awaitFed());
            }
            List<Replay> quickReplays = new ArrayList<>();
            for (int i = 0; i < quick; i++) {
                Replay replay = new Replay(false);
                quickReplays.add(replay);
                new Follower(gate.channel(), replay, 1).awaitFed().readOn();
            }
            long before = usedHeap();
            for (int i = 1; i <= changes; i++) {
                int node = 1 + i % NODES;
                Registrations.register(gate.namespace(), node, i + 1, Map.of("load", "x".repeat(1000)));
                if (i % 500 == 0) {
                    awaitAll(quickReplays, gate);
                }
            }
            assertThat(quickReplays)
                    .allSatisfy(replay -> assertThat(replay.resyncs()).isZero());
            long after = usedHeap();
            List<Long> sent = gate.sentBytes();
            System.out.printf(
                    "W2: %d changes; bytes sent to each that does not read %s, to each that does %s; heap %+d KiB%n",
                    changes, sent.subList(0, stalled), sent.subList(stalled, stalled + quick), (after - before) >> 10);
            // Its flow-control window, which the transport grants, and one message beyond what makes it not ready.
            assertThat(sent.subList(0, stalled))
                    .allSatisfy(bytes -> assertThat(bytes).isLessThan((1 << 20) + (256 << 10)));

            stalledFollowers.forEach(Follower::readOn);
            awaitAll(stalledReplays, gate);
            assertThat(stalledReplays).allSatisfy(replay -> {
                assertThat(replay.resyncs()).isEqualTo(1);
                assertThat(replay.view()).isEqualTo(gate.view());
            });
        }
    }

    private static void awaitAll(List<Replay> replays, WatchGate gate) {
        long revision = gate.namespace().state().revision();
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> replays.stream().allMatch(replay -> replay.revision() == revision));
    }

    private static long usedHeap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}

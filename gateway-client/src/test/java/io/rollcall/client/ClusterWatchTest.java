package io.rollcall.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rollcall.client.testing.FakeGateway;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A watch against a fake gateway on a real socket, that never waits before it tries again. Its view is new a moment
 * before its listener hears of it.
 */
class ClusterWatchTest {

    private static final NodeDescription NODE = NodeDescription.of("10.0.0.7", 5000);

    private final FakeGateway gateway = FakeGateway.start();
    private final GatewayClient client = gateway.client(7);
    private final GatewayClient other = gateway.client(8);
    private final HurriedTime time = new HurriedTime();
    private final HeardChanges heard = new HeardChanges();

    @AfterEach
    void close() {
        gateway.recover();
        client.close();
        other.close();
        gateway.close();
    }

    private ClusterWatch watch() {
        ClusterWatch watch = client.watch(heard, time, new Random(1));
        await().until(() -> watch.view().isPresent());
        return watch;
    }

    private static long revision(ClusterWatch watch) {
        return watch.view().orElseThrow().at().number();
    }

    private void register(int times) {
        for (int i = 0; i < times; i++) {
            other.register(NODE).close();
        }
    }

    @Test
    void view_isASnapshotAtFirst_andThenKeepsCurrent() {
        NodeSession session = other.register(NODE);
        ClusterWatch watch = watch();
        ClusterView first = watch.view().orElseThrow();
        assertThat(first.nodes()).containsOnlyKeys(8);

        session.reportLeader(8, OptionalLong.of(3));
        await().until(() -> revision(watch) == 2);
        assertThat(watch.view().orElseThrow().leader().nodeId()).isEqualTo(OptionalInt.of(8));
        assertThat(watch.view().orElseThrow().leader().term()).isEqualTo(3);
        assertThat(watch.view().orElseThrow().leaderNode())
                .hasValueSatisfying(node -> assertThat(node.id()).isEqualTo(8));

        session.close();
        await().until(() -> revision(watch) == 4);
        assertThat(watch.view().orElseThrow().nodes()).isEmpty();
        assertThat(watch.view().orElseThrow().leader().nodeId()).isEmpty();
        assertThat(first.nodes()).as("a view does not change").containsOnlyKeys(8);
        await().untilAsserted(() -> assertThat(heard.revisions()).containsExactly(2L, 3L, 4L));
        assertThat(heard.words.get(0)).isEqualTo("taken at 1");
    }

    @Test
    void w1_aWatchThatIsCutOffAHundredTimes_appliesEveryChangeOnce() {
        ClusterWatch watch = watch();
        for (int cut = 0; cut < 100; cut++) {
            gateway.cutWatches();
            register(2);
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> revision(watch) == 400);
        await().untilAsserted(() -> assertThat(heard.revisions())
                .isEqualTo(LongStream.rangeClosed(1, 400).boxed().toList()));
        assertThat(heard.words).filteredOn(word -> word.startsWith("taken")).hasSize(1);
        assertThat(heard.threads).hasSize(1);
    }

    @Test
    void w1_whatTheGatewayNoLongerHolds_isTakenAnew_andTheOldViewStaysReadableUntilThen() {
        ClusterWatch watch = watch();
        gateway.fail();
        gateway.cutWatches();
        await().until(() -> heard.words.contains("outage UNAVAILABLE"));
        assertThat(revision(watch)).isZero();
        gateway.recover();
        gateway.forgetEverything();
        other.register(NODE);
        await().until(() -> watch.view().orElseThrow().nodes().containsKey(8));
        assertThat(watch.view().orElseThrow().at().registryId()).isEqualTo("registry-2");
        await().untilAsserted(() -> assertThat(heard.words).contains("recovered"));
    }

    @Test
    void w1_aChangeThatTheGatewayLeavesOut_isNoticed_andTheViewTakenAnew() {
        ClusterWatch watch = watch();
        gateway.skipChange();
        register(1);
        await().until(() -> heard.words.contains("taken at 2"));
        assertThat(heard.words).contains("outage DATA_LOSS");
        register(1);
        await().until(() -> revision(watch) == 4);
        await().untilAsserted(() -> assertThat(heard.revisions()).containsExactly(3L, 4L));
    }

    @Test
    void w1_aWatchWhoseChangesWereForgotten_isToldToResync() {
        ClusterWatch watch = watch();
        gateway.fail();
        gateway.cutWatches();
        await().until(() -> heard.words.contains("outage UNAVAILABLE"));
        for (int change = 0; change < 3; change++) {
            gateway.raiseEpoch();
        }
        gateway.forgetChanges();
        gateway.recover();
        await().until(() -> revision(watch) == 3);
        await().untilAsserted(() ->
                assertThat(heard.words).containsExactly("taken at 0", "outage UNAVAILABLE", "recovered", "taken at 3"));
        assertThat(heard.changes).isEmpty();
    }

    /** The gateway's disk was put back, and the revision that the watch holds was given out again since. */
    @Test
    void w1_aWatchThatHoldsALostRevision_isToldToResync() {
        ClusterWatch watch = watch();
        gateway.raiseEpoch();
        gateway.photograph();
        gateway.raiseEpoch();
        await().until(() -> revision(watch) == 2);
        gateway.fail();
        gateway.putBack();
        await().until(() -> heard.words.contains("outage UNAVAILABLE"));
        for (int change = 0; change < 3; change++) {
            gateway.raiseEpoch();
        }
        gateway.recover();
        await().until(() -> revision(watch) == 4);
        await().untilAsserted(() -> assertThat(heard.words).last().isEqualTo("taken at 4"));
        assertThat(watch.view().orElseThrow().founding().epoch()).isEqualTo(5);
    }

    @Test
    void watch_saysHowOldItsViewIs() throws Exception {
        ClusterWatch watch = client.watch(heard);
        await().until(() -> watch.age().isPresent());
        gateway.fail();
        gateway.cutWatches();
        Thread.sleep(300);
        assertThat(watch.age())
                .hasValueSatisfying(age -> assertThat(age).isGreaterThanOrEqualTo(Duration.ofMillis(300)));
        assertThat(watch.view()).isPresent();
        watch.close();
    }

    /** B5: what a watch hears, the session hears. */
    @Test
    void b5_aHigherEpochInAWatch_makesTheSessionRegisterAnew() {
        NodeSession session = client.register(NODE);
        watch();
        gateway.raiseEpoch();
        await().until(() -> session.epoch() == 2);
    }

    @Test
    void watch_thatIsRefused_keepsTrying_moreAndMoreSeldom() {
        gateway.refuse(io.grpc.Status.Code.RESOURCE_EXHAUSTED, "TOO_MANY_WATCHERS");
        ClusterWatch watch = client.watch(heard, time, new Random(1));
        await().until(() -> time.delays.size() > 10);
        gateway.recover();
        await().until(() -> watch.view().isPresent());
        await().untilAsserted(() ->
                assertThat(heard.words).containsExactly("outage RESOURCE_EXHAUSTED", "taken at 0", "recovered"));
        assertThat(time.delays.get(1)).isLessThanOrEqualTo(Duration.ofMillis(250));
        assertThat(time.delays.get(10)).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(10));
    }

    @Test
    void listener_thatThrows_doesNotStopTheWatch() {
        WatchListener clumsy = new WatchListener() {
            @Override
            public void changed(List<ClusterChange> changes, ClusterView view) {
                throw new IllegalStateException("clumsy");
            }
        };
        ClusterWatch watch = client.watch(clumsy, time, new Random(1));
        register(3);
        await().until(() -> watch.view().isPresent() && revision(watch) == 6);
    }

    @Test
    void listener_mayCloseItsWatch_whoseThreadThenEnds() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        CountDownLatch watching = new CountDownLatch(1);
        ClusterWatch[] own = new ClusterWatch[1];
        Thread[] thread = new Thread[1];
        own[0] = client.watch(new WatchListener() {
            @Override
            public void taken(ClusterView view) {
                watching.countDown();
            }

            @Override
            public void changed(List<ClusterChange> changes, ClusterView view) {
                thread[0] = Thread.currentThread();
                own[0].close();
                closed.countDown();
            }
        });
        assertThat(watching.await(10, TimeUnit.SECONDS)).isTrue();
        register(1);
        assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
        await().until(() -> !thread[0].isAlive());
    }

    @Test
    void watch_thatCloses_keepsItsView_andItsThreadEnds() {
        ClusterWatch watch = client.watch(heard);
        await().until(() -> watch.view().isPresent());
        register(1);
        await().until(() -> revision(watch) == 2);
        client.close();
        watch.close();
        await().until(() -> heard.threads.stream().noneMatch(Thread::isAlive));
        assertThat(revision(watch)).isEqualTo(2);
    }
}

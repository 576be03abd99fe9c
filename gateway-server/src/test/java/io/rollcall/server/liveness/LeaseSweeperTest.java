package io.rollcall.server.liveness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.rollcall.server.config.Setting;
import io.rollcall.server.config.Settings;
import io.rollcall.server.config.TestSettings;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.registry.Change;
import io.rollcall.server.registry.NodeStatus;
import io.rollcall.server.registry.Registrations;
import io.rollcall.server.registry.Registry;
import io.rollcall.server.registry.SettleLeases;
import io.rollcall.server.testing.ForgetfulStore;
import io.rollcall.server.testing.TestTicker;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Silence → suspected → failed → forgotten, on a clock that the test moves, through the real writer. */
class LeaseSweeperTest {
    private static final NamespaceName ALPHA = new NamespaceName("alpha");
    private static final NamespaceName BETA = new NamespaceName("beta");
    private static final NodeId NODE_1 = NodeId.of(1);
    private static final Settings SETTINGS = TestSettings.INITIAL
            .with(Setting.HEARTBEAT_INTERVAL, Duration.ofSeconds(10))
            .with(Setting.NODE_TIMEOUT, Duration.ofSeconds(60))
            .with(Setting.FAILED_RETENTION, Duration.ofMinutes(10));

    private final ForgetfulStore store = new ForgetfulStore();
    private final TestTicker ticker = new TestTicker();
    private final Leases leases = new Leases(ticker);
    private Registry registry;
    private LeaseSweeper sweeper;

    @BeforeEach
    void oneNode() throws Exception {
        // In no time: a commit that a test holds for a while is not one that is stuck.
        registry = Registry.open(store, List.of(ALPHA, BETA), List.of(leases), Clock.systemUTC(), () -> 0);
        sweeper = new LeaseSweeper(registry, leases, SETTINGS, ticker, Clock.systemUTC());
        Registrations.register(registry.of(ALPHA), 1, 11);
    }

    @AfterEach
    void close() {
        sweeper.close();
        registry.close();
    }

    @Test
    void t1_aSilentNode_isSuspected_andActiveAgainWhenItBeats() {
        sweepAfter(Duration.ofSeconds(25));
        assertThat(status()).isEqualTo("active");
        sweepAfter(Duration.ofSeconds(1));
        assertThat(status()).isEqualTo("suspected");
        assertThat(leases.beat(ALPHA, NODE_1, 11).join()).isTrue();
        sweepAfter(Duration.ZERO);
        assertThat(status()).isEqualTo("active");
    }

    @Test
    void t2_aNodeSilentForLongerThanTheTimeout_hasFailed_andMustRegisterAnew() {
        sweepAfter(Duration.ofSeconds(60));
        assertThat(status()).isEqualTo("suspected");
        sweepAfter(Duration.ofMillis(1));
        assertThat(status()).isEqualTo("failed");
        assertThat(leases.beat(ALPHA, NODE_1, 11).join()).isFalse();
        Registrations.register(registry.of(ALPHA), 1, 12);
        assertThat(status()).isEqualTo("active");
        assertThat(leases.beat(ALPHA, NODE_1, 12).join()).isTrue();
    }

    @Test
    void aFailedNode_isForgotten_afterItsTimeOnView() {
        sweepAfter(Duration.ofSeconds(61));
        sweepAfter(Duration.ofMinutes(10));
        assertThat(status()).isEqualTo("failed");
        sweepAfter(Duration.ofSeconds(1));
        assertThat(status()).isEqualTo("gone");
    }

    @Test
    void aNodeThatKeepsBeating_isNeverSuspected() {
        for (int i = 0; i < 100; i++) {
            sweepAfter(Duration.ofSeconds(20));
            assertThat(status()).isEqualTo("active");
            assertThat(leases.beat(ALPHA, NODE_1, 11).join()).isTrue();
        }
    }

    /** T4: what kept the gateway from hearing the node is not held against the node. */
    @Test
    void t4_aGatewayThatWasStopped_expiresNobodyForIt() {
        sweepAfter(Duration.ofSeconds(20));
        stopFor(Duration.ofMinutes(10));
        sweepAfter(Duration.ZERO);
        assertThat(status()).isEqualTo("active");
        sweepAfter(Duration.ofSeconds(38));
        assertThat(status()).isEqualTo("suspected");
        sweepAfter(Duration.ofSeconds(2));
        assertThat(status()).isEqualTo("failed");
    }

    @Test
    void t4_aStoreThatCannotBeWritten_costsNobodyItsLease() {
        sweepAfter(Duration.ofSeconds(20));
        store.fail(true);
        assertThatThrownBy(() -> Registrations.register(registry.of(ALPHA), 2, 22))
                .hasMessageContaining("could not be made durable");
        sweepAfter(Duration.ofMinutes(10));
        assertThat(status()).isEqualTo("active");
        assertThat(leases.find(ALPHA, NODE_1, 11).hasEnded()).isFalse();
        store.fail(false);
        await().until(() -> registry.storeHealth().isWritable());
        sweepAfter(Duration.ofSeconds(30));
        assertThat(status()).isEqualTo("suspected");
        sweepAfter(Duration.ofSeconds(12));
        assertThat(status()).isEqualTo("failed");
    }

    /**
     * The lease once ended as soon as its expiry was decided: the node was told {@code not_found}, could not register
     * anew, and was acknowledged again after a restart.
     */
    @Test
    void d2_t2_anExpiryThatCannotBeCommitted_costsNoLease_andTheBeatThatCameMeanwhileCounts() {
        sweepAfter(Duration.ofSeconds(60));
        store.holdNextCommit();
        ticker.advance(Duration.ofSeconds(1));
        sweeper.sweep();
        store.awaitHeldCommit();
        CompletableFuture<Boolean> first = leases.beat(ALPHA, NODE_1, 11);
        ticker.advance(Duration.ofMillis(100));
        CompletableFuture<Boolean> second = leases.beat(ALPHA, NODE_1, 11);
        assertThat(first).as("nothing is known yet").isNotDone();
        assertThat(leases.find(ALPHA, NODE_1, 11).hasEnded()).isFalse();
        store.fail(true);
        store.releaseHeldCommit();
        assertThat(first.join()).isTrue();
        assertThat(second.join()).isTrue();
        assertThat(leases.find(ALPHA, NODE_1, 11).lastBeat())
                .as("the later one's time")
                .isEqualTo(ticker.nanos() & ~3);
        assertThat(status()).isEqualTo("suspected");
        store.fail(false);
        await().until(() -> registry.storeHealth().isWritable());
        sweepAfter(Duration.ofSeconds(1));
        assertThat(status()).isEqualTo("active");
    }

    @Test
    void t2_aBeatDuringTheCommitOfItsExpiry_isToldNotFound_onceThatIsCommitted() {
        sweepAfter(Duration.ofSeconds(60));
        store.holdNextCommit();
        ticker.advance(Duration.ofSeconds(1));
        sweeper.sweep();
        store.awaitHeldCommit();
        CompletableFuture<Boolean> beat = leases.beat(ALPHA, NODE_1, 11);
        assertThat(beat).isNotDone();
        store.releaseHeldCommit();
        assertThat(beat.join()).isFalse();
        assertThat(status()).isEqualTo("failed");
    }

    /** Its node is removed in the same batch, before the verdict is decided: the removal is the end. */
    @Test
    void t2_aSealedLease_whoseNodeIsRemovedFirst_ends() {
        sweepAfter(Duration.ofSeconds(60));
        store.holdNextCommit();
        var other = registry.of(ALPHA).submit(Registrations.command(2, 22));
        store.awaitHeldCommit();
        Lease lease = leases.find(ALPHA, NODE_1, 11);
        var removed = registry.of(ALPHA).submit(Registrations.removal(1, 11));
        ticker.advance(Duration.ofSeconds(1));
        sweeper.sweep();
        assertThat(lease.isSealed()).isTrue();
        CompletableFuture<Boolean> beat = leases.beat(ALPHA, NODE_1, 11);
        store.releaseHeldCommit();
        other.join();
        removed.join();
        assertThat(beat.join()).isFalse();
        assertThat(lease.hasEnded()).isTrue();
        assertThat(status()).isEqualTo("gone");
    }

    /** Then nobody else ends the lease: those of its namespace are no longer held. */
    @Test
    void t2_aSealedLease_whoseNamespaceIsServedNoMore_endsWithItsExpiry() {
        sweepAfter(Duration.ofSeconds(60));
        store.holdNextCommit();
        ticker.advance(Duration.ofSeconds(1));
        sweeper.sweep();
        store.awaitHeldCommit();
        CompletableFuture<Boolean> beat = leases.beat(ALPHA, NODE_1, 11);
        registry.unserve(ALPHA);
        store.releaseHeldCommit();
        assertThat(beat).succeedsWithin(Duration.ofSeconds(20)).isEqualTo(false);
    }

    /** A look that fails in the middle leaves nobody without an answer for good. */
    @Test
    void aLeaseLeftSealed_isReleasedByTheNextLook() {
        sweepAfter(Duration.ofSeconds(20));
        Lease lease = leases.find(ALPHA, NODE_1, 11);
        assertThat(lease.sealIf(beat -> true)).isTrue();
        CompletableFuture<Boolean> beat = leases.beat(ALPHA, NODE_1, 11);
        sweepAfter(Duration.ofSeconds(1));
        assertThat(beat.join()).isTrue();
        assertThat(status()).isEqualTo("active");
    }

    /** One commit of all of them once let no other tenant's change through for seconds. */
    @Test
    void p1_manyNodesThatFallSilentAtOnce_areSettledInParts_andOthersHaveTheirTurnBetween() {
        holdTheFirstPartOfThreeHundred();
        int before = store.batches().size();
        CompletableFuture<Integer> suspectedBefore = registry.of(BETA)
                .submit(Registrations.command(1, 1))
                .thenApply(registered -> registry.of(ALPHA).state().suspected());
        store.releaseHeldCommit();
        assertThat(suspectedBefore.join()).isLessThanOrEqualTo(2 * NamespaceSweep.MOST_AT_ONCE);
        await().untilAsserted(
                        () -> assertThat(registry.of(ALPHA).state().suspected()).isEqualTo(300));
        assertThat(store.batches().subList(before, store.batches().size()))
                .flatExtracting(batch -> batch)
                .allSatisfy(changes -> assertThat(changes.entries()).hasSizeLessThanOrEqualTo(64));
    }

    @Test
    void t1_nodesThatAreHeardAgain_beforeTheirPartHasItsTurn_areNotSuspected() {
        holdTheFirstPartOfThreeHundred();
        assertThat(leases.beat(ALPHA, NODE_1, 11).join()).isTrue();
        for (int node = 2; node <= 300; node++) {
            assertThat(leases.beat(ALPHA, NodeId.of(node), node).join()).isTrue();
        }
        store.releaseHeldCommit();
        await().until(() -> registry.of(ALPHA).state().suspected() == NamespaceSweep.MOST_AT_ONCE);
        sweepAfter(Duration.ofSeconds(1));
        await().until(() -> registry.of(ALPHA).state().suspected() == 0);
        assertThat(store.batches().stream()
                        .flatMap(List::stream)
                        .flatMap(changes -> changes.entries().stream())
                        .filter(entry -> entry.change() instanceof Change.NodeChanged changed
                                && changed.node().status() == NodeStatus.SUSPECTED))
                .hasSize(NamespaceSweep.MOST_AT_ONCE);
    }

    /** A stop would wait for all of them, and give up after ten seconds. */
    @Test
    void aStop_waitsOnlyForThePartThatIsUnderWay() {
        holdTheFirstPartOfThreeHundred();
        sweeper.close();
        store.releaseHeldCommit();
        registry.close();
        assertThat(registry.of(ALPHA).state().suspected()).isEqualTo(NamespaceSweep.MOST_AT_ONCE);
    }

    /** The leases of those that were to come later are running again, too. */
    @Test
    void d2_aPartThatCannotBeCommitted_costsNoLease_andTheNextSweepTriesAgain() {
        for (int node = 2; node <= 600; node++) {
            Registrations.register(registry.of(ALPHA), node, node);
        }
        sweepAfter(Duration.ofSeconds(60));
        for (int node = 101; node <= 600; node++) {
            assertThat(leases.beat(ALPHA, NodeId.of(node), node).join()).isTrue();
        }
        store.fail(true);
        ticker.advance(Duration.ofMillis(1));
        sweeper.sweep();
        for (int node : List.of(2, 100)) {
            assertThat(leases.beat(ALPHA, NodeId.of(node), node))
                    .succeedsWithin(Duration.ofSeconds(20))
                    .isEqualTo(true);
        }
        store.fail(false);
        await().until(() -> registry.storeHealth().isWritable());
        sweeper.sweep();
        await().untilAsserted(
                        () -> assertThat(registry.of(ALPHA).state().failed()).isEqualTo(98));
    }

    @Test
    void t1_aBrokenStream_thatDoesNotComeBackWithinTheGrace_makesItsNodeSuspected_untilItBeats() {
        breakStream();
        sweepAfter(Duration.ofSeconds(2));
        assertThat(status()).isEqualTo("active");
        sweepAfter(Duration.ofSeconds(1));
        assertThat(status()).isEqualTo("suspected");
        sweepAfter(Duration.ofSeconds(5));
        assertThat(status()).as("silence alone is too short, yet no beat came").isEqualTo("suspected");
        assertThat(leases.beat(ALPHA, NODE_1, 11).join()).isTrue();
        sweepAfter(Duration.ofSeconds(1));
        assertThat(status()).isEqualTo("active");
        sweepAfter(Duration.ofSeconds(5));
        assertThat(status()).as("that stream is forgotten").isEqualTo("active");
    }

    @Test
    void t1_aBrokenStream_doesNotShortenTheLease() {
        breakStream();
        sweepAfter(Duration.ofSeconds(60));
        assertThat(status()).isEqualTo("suspected");
        sweepAfter(Duration.ofMillis(1));
        assertThat(status()).isEqualTo("failed");
    }

    @Test
    void t1_aNodeHeardAgainWithinTheGrace_isNoEventAtAll() {
        long before = registry.of(ALPHA).state().revision();
        breakStream();
        sweepAfter(Duration.ofSeconds(1));
        assertThat(leases.beat(ALPHA, NODE_1, 11).join()).isTrue();
        sweepAfter(Duration.ofSeconds(10));
        assertThat(registry.of(ALPHA).state().revision()).isEqualTo(before);
    }

    @Test
    void t4_theGraceOfABrokenStream_doesNotRun_whileTheGatewayIsStopped() {
        breakStream();
        stopFor(Duration.ofMinutes(1));
        sweepAfter(Duration.ZERO);
        assertThat(status()).isEqualTo("active");
    }

    @Test
    void leasesAreLookedAt_aTwentiethOfTheirTimeApart_withinBounds() {
        assertThat(LeaseSweeper.period(Duration.ofHours(1))).isEqualTo(Duration.ofSeconds(1));
        assertThat(LeaseSweeper.period(Duration.ofSeconds(10))).isEqualTo(Duration.ofMillis(500));
        assertThat(LeaseSweeper.period(Duration.ofMillis(100))).isEqualTo(Duration.ofMillis(20));
    }

    private void breakStream() {
        ticker.advance(Duration.ofMillis(1));
        Lease lease = leases.find(ALPHA, NODE_1, 11);
        long now = ticker.nanos();
        assertThat(lease.beat(now)).isEqualTo(Lease.Beat.COUNTS);
        lease.streamBroke(now, now);
    }

    /** Of as many silent nodes, whose sweep has begun: the suspicion of the first part is being committed. */
    private void holdTheFirstPartOfThreeHundred() {
        for (int node = 2; node <= 300; node++) {
            Registrations.register(registry.of(ALPHA), node, node);
        }
        sweepAfter(Duration.ofSeconds(25));
        store.holdNextCommit();
        ticker.advance(Duration.ofSeconds(1));
        sweeper.sweep();
        store.awaitHeldCommit();
    }

    private void stopFor(Duration time) {
        ticker.advance(time);
    }

    /** Sweeps once a period, as it does in life: a longer step would be an absence. */
    private void sweepAfter(Duration time) {
        Duration period = LeaseSweeper.period(SETTINGS.get(Setting.NODE_TIMEOUT));
        Duration left = time;
        for (; left.compareTo(period) > 0; left = left.minus(period)) {
            ticker.advance(period);
            sweep();
        }
        ticker.advance(left);
        sweep();
    }

    private void sweep() {
        sweeper.sweep();
        // Commands of one namespace are decided in order: once this empty one is, the sweep's are.
        registry.of(ALPHA)
                .submit(new SettleLeases(List.of(), Clock.systemUTC().instant()))
                .join();
    }

    private String status() {
        return registry.of(ALPHA)
                .state()
                .node(NODE_1)
                .map(node -> node.status().word())
                .orElse("gone");
    }
}

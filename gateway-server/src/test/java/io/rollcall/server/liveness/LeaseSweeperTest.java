package io.rollcall.server.liveness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.rollcall.server.config.LeaseConfig;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.registry.LeaseVerdict;
import io.rollcall.server.registry.Node;
import io.rollcall.server.registry.Registrations;
import io.rollcall.server.registry.Registry;
import io.rollcall.server.registry.SettleLeases;
import io.rollcall.server.testing.ForgetfulStore;
import io.rollcall.server.testing.TestTicker;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Silence → suspected → failed → forgotten, on a clock that the test moves, through the real writer. */
class LeaseSweeperTest {
    private static final NamespaceName ALPHA = new NamespaceName("alpha");
    private static final NodeId NODE_1 = NodeId.of(1);
    private static final LeaseConfig CONFIG = new LeaseConfig(
            Duration.ofSeconds(10),
            Duration.ofSeconds(25),
            Duration.ofSeconds(60),
            Duration.ofMinutes(10),
            Duration.ofSeconds(2));

    private final ForgetfulStore store = new ForgetfulStore();
    private final TestTicker ticker = new TestTicker();
    private final Leases leases = new Leases(ticker);
    private Registry registry;
    private LeaseSweeper sweeper;

    @BeforeEach
    void oneNode() throws Exception {
        registry = Registry.open(store, List.of(ALPHA), List.of(leases), Clock.systemUTC(), System::nanoTime);
        sweeper = new LeaseSweeper(registry, leases, CONFIG, ticker, Clock.systemUTC());
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
        assertThat(leases.beat(ALPHA, NODE_1, 11)).isTrue();
        sweepAfter(Duration.ZERO);
        assertThat(status()).isEqualTo("active");
    }

    @Test
    void t2_aNodeSilentForLongerThanTheTimeout_hasFailed_andMustRegisterAnew() {
        sweepAfter(Duration.ofSeconds(60));
        assertThat(status()).isEqualTo("suspected");
        sweepAfter(Duration.ofMillis(1));
        assertThat(status()).isEqualTo("failed");
        assertThat(leases.beat(ALPHA, NODE_1, 11)).isFalse();
        Registrations.register(registry.of(ALPHA), 1, 12);
        assertThat(status()).isEqualTo("active");
        assertThat(leases.beat(ALPHA, NODE_1, 12)).isTrue();
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
            assertThat(leases.beat(ALPHA, NODE_1, 11)).isTrue();
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

    /** The sweep found it overdue, and then the gateway was stopped: the writer's question is asked after the stop. */
    @Test
    void t4_theWritersQuestion_knowsOfAPause_thatTheSweepHasNotNoticed() {
        Lease lease = leases.find(ALPHA, NODE_1, 11);
        Presence presence = new Presence(ticker, Duration.ofSeconds(1), CONFIG.nodeTimeout());
        LeaseRules rules = new LeaseRules(CONFIG, presence);
        for (int i = 0; i < 59; i++) {
            ticker.advance(Duration.ofSeconds(1));
            presence.tick();
        }
        ticker.advance(Duration.ofMillis(1500));
        Node node = registry.of(ALPHA).state().node(NODE_1).orElseThrow();
        LeaseVerdict verdict = rules.judge(node, lease).orElseThrow();
        assertThat(verdict.kind()).isEqualTo(LeaseVerdict.Kind.EXPIRE);
        stopFor(Duration.ofMinutes(10));
        assertThat(verdict.stillHolds().getAsBoolean()).isFalse();
        assertThat(rules.silence(lease)).isEqualTo(Duration.ofSeconds(60).toNanos());
        assertThat(leases.beat(ALPHA, NODE_1, 11)).isTrue();
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
        assertThat(leases.beat(ALPHA, NODE_1, 11)).isTrue();
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
        assertThat(leases.beat(ALPHA, NODE_1, 11)).isTrue();
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

    private void breakStream() {
        ticker.advance(Duration.ofMillis(1));
        Lease lease = leases.find(ALPHA, NODE_1, 11);
        long now = ticker.nanos();
        assertThat(lease.beat(now)).isTrue();
        lease.streamBroke(now, now);
    }

    private void stopFor(Duration time) {
        ticker.advance(time);
    }

    /** Sweeps once a period, as it does in life: a longer step would be an absence. */
    private void sweepAfter(Duration time) {
        Duration period = LeaseSweeper.period(CONFIG.nodeTimeout());
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

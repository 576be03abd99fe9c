package io.rollcall.server.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.server.config.LeaseConfig;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.registry.Registrations;
import io.rollcall.server.registry.Registry;
import io.rollcall.server.registry.SettleLeases;
import io.rollcall.server.store.InMemoryStore;
import io.rollcall.server.testing.TestTicker;
import java.security.SecureRandom;
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
            Duration.ofSeconds(10), Duration.ofSeconds(25), Duration.ofSeconds(60), Duration.ofHours(1));

    private final TestTicker ticker = new TestTicker();
    private final Leases leases = new Leases(ticker);
    private Registry registry;
    private LeaseSweeper sweeper;

    @BeforeEach
    void oneNode() throws Exception {
        registry = Registry.open(
                new InMemoryStore(new SecureRandom()), List.of(ALPHA), List.of(leases), Clock.systemUTC());
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
        sweepAfter(Duration.ofHours(1));
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

    private void sweepAfter(Duration time) {
        ticker.advance(time);
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

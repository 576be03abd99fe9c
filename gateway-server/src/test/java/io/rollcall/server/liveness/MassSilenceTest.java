package io.rollcall.server.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.server.config.Setting;
import io.rollcall.server.config.Settings;
import io.rollcall.server.config.TestSettings;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.registry.NamespaceState;
import io.rollcall.server.registry.Registrations;
import io.rollcall.server.registry.Registry;
import io.rollcall.server.registry.SettleLeases;
import io.rollcall.server.store.InMemoryStore;
import io.rollcall.server.testing.TestTicker;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** T5: many at once are given up slowly; a few, and other namespaces, as ever. */
class MassSilenceTest {
    private static final NamespaceName ALPHA = new NamespaceName("alpha");
    private static final NamespaceName BETA = new NamespaceName("beta");
    private static final Settings SETTINGS = TestSettings.INITIAL
            .with(Setting.HEARTBEAT_INTERVAL, Duration.ofSeconds(10))
            .with(Setting.NODE_TIMEOUT, Duration.ofSeconds(60))
            .with(Setting.FAILED_RETENTION, Duration.ofHours(1));

    private final TestTicker ticker = new TestTicker();
    private final Leases leases = new Leases(ticker);
    private Registry registry;
    private LeaseSweeper sweeper;

    @BeforeEach
    void fortyNodes() throws Exception {
        registry = Registry.open(
                new InMemoryStore(new SecureRandom()),
                List.of(ALPHA, BETA),
                List.of(leases),
                Clock.systemUTC(),
                System::nanoTime);
        sweeper = new LeaseSweeper(registry, leases, SETTINGS, ticker, Clock.systemUTC());
        for (int node = 1; node <= 40; node++) {
            Registrations.register(registry.of(ALPHA), node, node);
        }
        for (int node = 1; node <= 4; node++) {
            Registrations.register(registry.of(BETA), node, node);
        }
    }

    @AfterEach
    void close() {
        sweeper.close();
        registry.close();
    }

    @Test
    void t5_twelveOfForty_areSuspected_andExpireOneASweep_untilTheyAreFewerThanAFifth() {
        seconds(60, 13);
        assertThat(sweeper.massSilence(ALPHA)).isEmpty();
        seconds(1, 13);
        assertThat(failed()).isEqualTo(1);
        assertThat(alpha().suspected()).isEqualTo(11);
        assertThat(sweeper.massSilence(ALPHA)).hasValueSatisfying(silence -> {
            assertThat(silence.silent()).isEqualTo(12);
            assertThat(silence.of()).isEqualTo(40);
            assertThat(silence.waiting()).isEqualTo(12);
        });
        for (int expired = 2; expired <= 6; expired++) {
            seconds(1, 13);
            assertThat(failed()).isEqualTo(expired);
        }
        seconds(1, 13);
        assertThat(failed()).as("six of 34 are less than a fifth").isEqualTo(12);
        assertThat(sweeper.massSilence(ALPHA)).isEmpty();
    }

    @Test
    void t5_oneThatBeatsMeanwhile_isActiveAgain() {
        seconds(61, 13);
        int back = IntStream.rangeClosed(1, 12)
                .filter(node -> word(node).equals("suspected"))
                .findFirst()
                .orElseThrow();
        assertThat(leases.beat(ALPHA, NodeId.of(back), back).join()).isTrue();
        seconds(1, 13);
        assertThat(word(back)).isEqualTo("active");
        seconds(20, 13);
        assertThat(failed()).isEqualTo(11);
        assertThat(word(back)).isEqualTo("active");
    }

    @Test
    void t5_anotherNamespace_noticesNothing() {
        seconds(60, 13);
        assertThat(registry.of(BETA).state().failed()).isZero();
        seconds(1, 13);
        assertThat(failed()).isEqualTo(1);
        assertThat(registry.of(BETA).state().failed()).isEqualTo(4);
        assertThat(sweeper.massSilence(BETA)).isEmpty();
    }

    @Test
    void t5_aFewOfMany_expireAsEver() {
        seconds(61, 8);
        assertThat(failed()).as("seven of forty").isEqualTo(7);
        assertThat(sweeper.massSilence(ALPHA)).isEmpty();
    }

    /** Heartbeats are spread over an interval, so nodes that are cut off at once are overdue one after the other. */
    @Test
    void t5_nodesCutOffAtOnce_areSeenToBe_thoughTheirLastBeatsWereSpread() {
        for (int node = 1; node <= 10; node++) {
            seconds(1, 13);
            assertThat(leases.beat(ALPHA, NodeId.of(node), node).join()).isTrue();
        }
        seconds(51, 13);
        assertThat(sweeper.massSilence(ALPHA))
                .hasValueSatisfying(silence -> assertThat(silence.silent()).isEqualTo(12));
        assertThat(failed()).as("of two that are overdue").isEqualTo(1);
        assertThat(word(10)).isEqualTo("suspected");
    }

    @Test
    void t5_everybodySilent_expireOneInAHundredASweep() {
        seconds(61, 41);
        assertThat(failed()).isEqualTo(1);
        seconds(10, 41);
        assertThat(failed()).isEqualTo(11);
    }

    /** Where heartbeats are far apart, a node's time is over before so many are missing that it would be suspected. */
    @Test
    void t5_nodesThatAreOverdueAtOnce_areSuspectedMeanwhile() {
        sweeper.close();
        sweeper = new LeaseSweeper(
                registry,
                leases,
                SETTINGS.with(Setting.HEARTBEAT_INTERVAL, Duration.ofSeconds(30)),
                ticker,
                Clock.systemUTC());
        seconds(60, 13);
        assertThat(alpha().suspected()).isZero();
        seconds(1, 13);
        assertThat(failed()).isEqualTo(1);
        assertThat(alpha().suspected()).isEqualTo(11);
    }

    @Test
    void t5_whoIsSilentForLongest_expiresFirst() {
        for (int node = 12; node >= 1; node--) {
            ticker.advance(Duration.ofMillis(1));
            assertThat(leases.beat(ALPHA, NodeId.of(node), node).join()).isTrue();
        }
        seconds(59, 13);
        for (int node = 12; node >= 10; node--) {
            seconds(1, 13);
            assertThat(word(node)).isEqualTo("failed");
            assertThat(failed()).isEqualTo(13 - node);
        }
    }

    @Test
    void aLargePart_isFiveNodesOrMore_andAFifthOrMore() {
        assertThat(MassSilence.isLargePart(4, 4)).isFalse();
        assertThat(MassSilence.isLargePart(5, 25)).isTrue();
        assertThat(MassSilence.isLargePart(5, 26)).isFalse();
    }

    @Test
    void howManyExpireInASweep_isRoundedDown_butNeverNone() {
        assertThat(MassSilence.rate(0)).isEqualTo(1);
        assertThat(MassSilence.rate(299)).isEqualTo(2);
    }

    @Test
    void whatIsShown_isWhenMostWereSilent_andHowManyWaitNow() {
        MassSilence first = new MassSilence(Instant.EPOCH, 12, 40, 12);
        assertThat(first.with(13, 39, 11)).isEqualTo(new MassSilence(Instant.EPOCH, 13, 39, 11));
        assertThat(first.with(12, 39, 11)).isEqualTo(new MassSilence(Instant.EPOCH, 12, 40, 11));
        assertThat(first.with(11, 39, 10)).isEqualTo(new MassSilence(Instant.EPOCH, 12, 40, 10));
    }

    /** Lets time pass, a sweep a second; alpha's nodes from {@code firstBeating} on beat before each. */
    private void seconds(int count, int firstBeating) {
        for (int i = 0; i < count; i++) {
            ticker.advance(Duration.ofSeconds(1));
            for (int node = firstBeating; node <= 40; node++) {
                assertThat(leases.beat(ALPHA, NodeId.of(node), node).join()).isTrue();
            }
            sweeper.sweep();
            for (NamespaceName name : List.of(ALPHA, BETA)) {
                registry.of(name)
                        .submit(new SettleLeases(List.of(), Clock.systemUTC().instant()))
                        .join();
            }
        }
    }

    private NamespaceState alpha() {
        return registry.of(ALPHA).state();
    }

    private int failed() {
        return alpha().failed();
    }

    private String word(int node) {
        return alpha().node(NodeId.of(node)).orElseThrow().status().word();
    }
}

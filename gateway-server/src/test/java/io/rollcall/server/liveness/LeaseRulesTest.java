package io.rollcall.server.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.server.config.Setting;
import io.rollcall.server.config.Settings;
import io.rollcall.server.config.TestSettings;
import io.rollcall.server.namespace.Incarnation;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.namespace.Session;
import io.rollcall.server.registry.LeaseVerdict;
import io.rollcall.server.registry.LeaseVerdict.Kind;
import io.rollcall.server.registry.Node;
import io.rollcall.server.registry.NodeDetails;
import io.rollcall.server.registry.NodeStatus;
import io.rollcall.server.testing.TestTicker;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** One lease, judged to the nanosecond, and while a heartbeat comes. */
class LeaseRulesTest {
    private static final Settings SETTINGS = TestSettings.INITIAL
            .with(Setting.HEARTBEAT_INTERVAL, Duration.ofSeconds(10))
            .with(Setting.SUSPECT_AFTER, Optional.of(Duration.ofSeconds(25)))
            .with(Setting.NODE_TIMEOUT, Duration.ofSeconds(60))
            .with(Setting.FAILED_RETENTION, Duration.ofMinutes(10))
            .with(Setting.STREAM_GRACE, Duration.ofSeconds(2));
    private static final Session NODE_1 = new Session(NodeId.of(1), new Incarnation(11, false));

    private final TestTicker ticker = new TestTicker();
    private Lease lease = new Lease(NODE_1, ticker.nanos());
    /** How often the clock is read until a heartbeat comes; 0: none is to come. */
    private int readsUntilBeat;

    // No sweep ticks here, and that is not to be an absence.
    private final GatewayPauses pauses = new GatewayPauses(this::nanos, Duration.ofHours(1), Duration.ofHours(1));
    private final LeaseRules rules = new LeaseRules(SETTINGS, pauses);

    @Test
    void aLeaseIsNearlyOverdue_fromAHeartbeatIntervalBeforeItsTimeIsOver() {
        ticker.advance(Duration.ofSeconds(50));
        assertThat(rules.isNearlyOverdue(lease)).isFalse();
        ticker.advance(Duration.ofNanos(1));
        assertThat(rules.isNearlyOverdue(lease)).isTrue();
        lease.end(ticker.nanos());
        assertThat(rules.isNearlyOverdue(lease)).isFalse();
    }

    /** For every lease that an active, a suspected or a failed node can have, the short look agrees with the long one. */
    @Test
    void aLeaseInOrder_isOneWithNothingToDecide() {
        int inOrder = 0;
        for (NodeStatus status : NodeStatus.values()) {
            for (int silence : new int[] {0, 1, 2, 3, 25, 26, 50, 51, 60, 61, 600, 601}) {
                for (boolean isBroken : new boolean[] {false, true}) {
                    for (boolean isSealed : new boolean[] {false, true}) {
                        lease = aged(status, silence, isBroken);
                        if (isSealed) {
                            lease.sealIf(beat -> true);
                        }
                        boolean isInOrder = rules.isInOrder(lease, ticker.nanos());
                        inOrder += isInOrder ? 1 : 0;
                        boolean isNearlyOverdue = rules.isNearlyOverdue(lease);
                        assertThat(isInOrder
                                        && (isNearlyOverdue
                                                || lease.isSealed()
                                                || judge(status).isPresent()))
                                .as("%s, %s s, broken %s, sealed %s", status, silence, isBroken, isSealed)
                                .isFalse();
                    }
                }
            }
        }
        // Active for up to 25 s, sealed or broken ones not; failed for up to 600 s, four times each.
        assertThat(inOrder).isEqualTo(5 + 4 * 11);
    }

    /** Returns the lease of a node that had this status when it was last heard, if it was live, or failed. */
    private Lease aged(NodeStatus status, int silence, boolean isBroken) {
        Lease aged = new Lease(NODE_1, ticker.nanos());
        if (status == NodeStatus.SUSPECTED) {
            aged.suspectIf(beat -> true);
            aged.suspected(true);
            ticker.advance(Duration.ofSeconds(1));
            aged.beat(ticker.nanos());
        } else if (status == NodeStatus.FAILED) {
            aged.end(ticker.nanos());
        }
        if (isBroken) {
            aged.streamBroke(aged.lastBeat(), ticker.nanos());
        }
        ticker.advance(Duration.ofSeconds(silence));
        return aged;
    }

    @Test
    void t1_aSuspectedNodeThatWasHeard_recovers_unlessItIsSilentForTooLongAgain() {
        assertThat(lease.suspectIf(beat -> true)).isTrue();
        ticker.advance(Duration.ofSeconds(30));
        lease.beat(ticker.nanos());
        ticker.advance(Duration.ofSeconds(25));
        assertThat(judge(NodeStatus.SUSPECTED)).contains(Kind.RECOVER);
        ticker.advance(Duration.ofNanos(1));
        assertThat(judge(NodeStatus.SUSPECTED)).isEmpty();
    }

    @Test
    void t1_aBeatThatComesWhileItsNodeIsFoundSilent_preventsTheSuspicion_orTakesItBack() {
        assertNoBeatIsLost(() -> ticker.advance(Duration.ofSeconds(26)));
    }

    @Test
    void t1_aBeatThatComesWhileItsStreamIsFoundBroken_preventsTheSuspicion_orTakesItBack() {
        assertNoBeatIsLost(() -> {
            lease.streamBroke(lease.lastBeat(), ticker.nanos());
            ticker.advance(Duration.ofSeconds(3));
        });
    }

    /** Tries the moments of a look one by one, until the beat would come after it. */
    private void assertNoBeatIsLost(Runnable reason) {
        for (int moment = 1; ; moment++) {
            lease = new Lease(NODE_1, ticker.nanos());
            reason.run();
            readsUntilBeat = moment;
            Optional<Kind> verdict = judge(NodeStatus.ACTIVE);
            if (readsUntilBeat > 0) {
                assertThat(verdict).contains(Kind.SUSPECT);
                assertThat(moment).isGreaterThan(1);
                return;
            }
            assertThat(verdict.isEmpty() || lease.wasHeardSinceSuspected())
                    .as("beat at moment %s, found %s", moment, verdict)
                    .isTrue();
        }
    }

    private long nanos() {
        long now = ticker.nanos();
        if (readsUntilBeat > 0 && --readsUntilBeat == 0) {
            lease.beat(now);
        }
        return now;
    }

    private Optional<Kind> judge(NodeStatus status) {
        Node node = new Node(
                NODE_1,
                new NodeDetails("10.0.0.1", 5000, List.of(), Map.of()),
                status,
                Instant.EPOCH,
                1,
                Instant.EPOCH,
                1);
        return rules.judge(node, lease).map(LeaseVerdict::kind);
    }
}

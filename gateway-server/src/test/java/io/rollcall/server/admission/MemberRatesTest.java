package io.rollcall.server.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.identity.Caller;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.testing.TestTicker;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * What one member may change by itself.
 *
 * <p>Planted bugs: one allowance for all; nobody forgotten; all looked through at each change; a part that is back already
 * not taken off the wait.
 */
class MemberRatesTest {
    private static final NamespaceName ALPHA = new NamespaceName("alpha");
    private static final int A_SECOND = 2;

    private final TestTicker ticker = new TestTicker();
    private final MemberRates rates = new MemberRates(A_SECOND, ticker::nanos);

    private static Caller node(int id) {
        return new Caller.NodeCaller(ALPHA, NodeId.of(id));
    }

    private int takenOf(int times, Caller caller) {
        int taken = 0;
        for (int i = 0; i < times; i++) {
            taken += rates.take(caller).isEmpty() ? 1 : 0;
        }
        return taken;
    }

    @Test
    void sixtySecondsWorth_mayComeAtOnce_andThenTheRate() {
        assertThat(takenOf(1_000, node(1))).isEqualTo(A_SECOND * MemberRates.BURST_SECONDS);
        ticker.advance(Duration.ofSeconds(3));
        assertThat(takenOf(1_000, node(1))).isEqualTo(3 * A_SECOND);
        ticker.advance(Duration.ofHours(5));
        assertThat(takenOf(1_000, node(1))).isEqualTo(A_SECOND * MemberRates.BURST_SECONDS);
    }

    @Test
    void eachMember_hasItsOwn_andAnOperatorIsNotHeldToIt() {
        takenOf(1_000, node(1));
        assertThat(takenOf(5, node(2))).isEqualTo(5);
        assertThat(takenOf(10_000, new Caller.OperatorCaller(ALPHA, "admin"))).isEqualTo(10_000);
    }

    @Test
    void whoIsAbove_isToldTheRate_andWhenToComeBack() {
        takenOf(1_000, node(1));
        Optional<RefusedException> refused = rates.take(node(1));
        assertThat(refused).hasValueSatisfying(refusal -> {
            assertThat(refusal.refusal()).isEqualTo(Refusal.RATE_EXCEEDED);
            assertThat(refusal.getMessage())
                    .isEqualTo("changes: more than 2 a second of this node, after 120 at once; try again later");
            assertThat(refusal.retryAfter()).isEqualTo(Duration.ofMillis(500));
        });
    }

    @Test
    void whatIsBackAlready_shortensTheWait() {
        takenOf(1_000, node(1));
        ticker.advance(Duration.ofMillis(125));
        assertThat(rates.take(node(1)))
                .hasValueSatisfying(refusal -> assertThat(refusal.retryAfter()).isEqualTo(Duration.ofMillis(375)));
    }

    @Test
    void whoHasItsWholeAllowanceAgain_isForgotten() {
        for (int id = 1; id <= 10_000; id++) {
            rates.take(node(id));
        }
        takenOf(1_000, node(5));
        assertThat(rates.size()).isEqualTo(10_000);
        ticker.advance(Duration.ofSeconds(1));
        rates.take(node(20_000));
        assertThat(rates.size()).isEqualTo(2); // it, and the one that asked a thousand times
        assertThat(takenOf(1_000, node(5))).isEqualTo(A_SECOND);
    }

    /** To look through all of them at each change would cost their number squared. */
    @Test
    void whoIsToBeForgotten_isLookedForOnceASecond() {
        rates.take(node(1));
        ticker.advance(Duration.ofMillis(999));
        rates.take(node(2));
        assertThat(rates.size()).isEqualTo(2);
        ticker.advance(Duration.ofMillis(1));
        rates.take(node(2));
        assertThat(rates.size()).isEqualTo(1);
    }
}

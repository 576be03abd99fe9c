package io.rollcall.server.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.server.testing.TestTicker;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** T4, to the nanosecond: the time in which the gateway was away is left out of every silence, once. */
class GatewayPausesTest {
    private static final Duration PERIOD = Duration.ofSeconds(1);
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final TestTicker ticker = new TestTicker();
    private final GatewayPauses pauses = new GatewayPauses(ticker, PERIOD, Duration.ofSeconds(60));

    @Test
    void withoutAPause_silenceIsTheTimeGoneBy() {
        long beat = pauses.now();
        ticks(10);
        assertThat(pauses.since(beat)).isEqualTo(10 * SECOND);
        assertThat(pauses.remembered()).isZero();
    }

    @Test
    void t4_aPause_isLeftOut_fromWhenTheTickWasDue() {
        long beat = pauses.now();
        ticks(3);
        away(100);
        assertThat(pauses.since(beat)).isEqualTo(4 * SECOND);
        ticks(2);
        assertThat(pauses.since(beat)).isEqualTo(6 * SECOND);
    }

    @Test
    void t4_whoAsksBeforeTheTick_getsTheSameAnswer() {
        long beat = pauses.now();
        ticks(3);
        ticker.advance(Duration.ofSeconds(100));
        assertThat(pauses.since(beat)).isEqualTo(4 * SECOND);
        pauses.tick();
        assertThat(pauses.since(beat)).isEqualTo(4 * SECOND);
    }

    /** The gateway goes on, a beat is heard, and only then the sweep notices that it was away. */
    @Test
    void t4_aBeatBetweenTheGatewaysReturnAndTheTick_getsNoCreditForWhatWasBeforeIt() {
        ticks(3);
        ticker.advance(Duration.ofSeconds(100));
        long beat = pauses.now();
        ticker.advance(Duration.ofMillis(5));
        pauses.tick();
        ticks(59);
        assertThat(pauses.since(beat)).isEqualTo(59 * SECOND);
    }

    /** A stop does not begin at a beat: what went by between the beat and the stop counts. */
    @Test
    void t4_aBeatWithinThePausesBounds_isCreditedFromTheBeatOn() {
        ticker.advance(PERIOD.multipliedBy(3).dividedBy(2));
        long beat = pauses.now();
        ticker.advance(Duration.ofSeconds(10));
        pauses.tick();
        ticks(1);
        assertThat(pauses.since(beat)).isEqualTo(SECOND);
    }

    @Test
    void t4_severalPauses_areAllLeftOut_eachOnce() {
        long first = pauses.now();
        ticks(3);
        away(100);
        ticks(2);
        long second = pauses.now();
        away(50);
        away(7);
        ticks(4);
        assertThat(pauses.since(first)).isEqualTo((3 + 1 + 2 + 1 + 1 + 4) * SECOND);
        assertThat(pauses.since(second)).isEqualTo((1 + 1 + 4) * SECOND);
    }

    @Test
    void aLateTick_isNoPause_whileItIsLessThanAPeriodLate() {
        long beat = pauses.now();
        away(2);
        assertThat(pauses.since(beat)).isEqualTo(2 * SECOND);
        assertThat(pauses.remembered()).isZero();
    }

    @Test
    void aPause_isForgotten_onceNoLeaseCanReachBackToIt() {
        long beat = pauses.now();
        away(100);
        ticks(59);
        away(100);
        assertThat(pauses.since(beat)).isEqualTo((1 + 59 + 1) * SECOND);
        assertThat(pauses.remembered()).isEqualTo(2);
        ticks(1);
        assertThat(pauses.remembered()).isEqualTo(1);
        assertThat(pauses.since(beat)).as("too long, as before").isGreaterThan(60 * SECOND);
    }

    @Test
    void thePresentCannotBeNegative() {
        assertThat(pauses.since(pauses.now() + SECOND)).isZero();
    }

    private void ticks(int count) {
        for (int i = 0; i < count; i++) {
            ticker.advance(PERIOD);
            pauses.tick();
        }
    }

    private void away(int seconds) {
        ticker.advance(Duration.ofSeconds(seconds));
        pauses.tick();
    }
}

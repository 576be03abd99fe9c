package io.rollcall.server.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.devcerts.testing.TestClock;
import io.rollcall.server.audit.AuditEvent.Kind;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.testing.TestTicker;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Up to a rate a line each; above it one line that says how many more. */
class AuditRateLimiterTest {
    private static final NamespaceName ALPHA = new NamespaceName("alpha");
    private static final AuditRateLimiter.Budget TEN = new AuditRateLimiter.Budget(10, 10);
    private static final NamespaceName BETA = new NamespaceName("beta");

    private final TestTicker ticker = new TestTicker(Long.MAX_VALUE - 5); // it may wrap
    private final AuditRateLimiter limiter = new AuditRateLimiter(new TestClock(LogDirectory.NOON), ticker::nanos);

    private int lines(int times, @Nullable NamespaceName namespace, String reason) {
        int lines = 0;
        for (int i = 0; i < times; i++) {
            lines += limiter.admits(Kind.REFUSAL, namespace, reason, TEN) ? 1 : 0;
        }
        return lines;
    }

    private void pass(long millis) {
        ticker.advance(Duration.ofMillis(millis));
    }

    @Test
    void aFlood_hasTenLinesASecond_andOneThatCountsTheRest() {
        assertThat(lines(4_721, ALPHA, "TOKEN_FOREIGN")).isEqualTo(10);
        assertThat(limiter.over()).isEmpty();
        pass(1_000);
        List<AuditEvent> over = limiter.over();
        assertThat(over).hasSize(1);
        assertThat(over.get(0).fields())
                .containsEntry("event", "summed-up")
                .containsEntry("namespace", "alpha")
                .containsEntry("of", "refusal")
                .containsEntry("reason", "TOKEN_FOREIGN")
                .containsEntry("more", 4_711L);
        assertThat(limiter.over()).isEmpty();
        assertThat(lines(10, ALPHA, "TOKEN_FOREIGN")).isEqualTo(10);
    }

    @Test
    void namespacesAndReasons_haveEachTheirOwn() {
        assertThat(lines(50, ALPHA, "TOKEN_FOREIGN")).isEqualTo(10);
        assertThat(lines(50, BETA, "TOKEN_FOREIGN")).isEqualTo(10);
        assertThat(lines(50, ALPHA, "NOT_PERMITTED")).isEqualTo(10);
        assertThat(lines(50, null, "TOKEN_FOREIGN")).isEqualTo(10);
        pass(1_000);
        assertThat(limiter.over()).hasSize(4);
    }

    @Test
    void atTheEnd_nothingIsLeftUntold() {
        lines(15, ALPHA, "NOT_PERMITTED");
        assertThat(limiter.over()).isEmpty();
        assertThat(limiter.rest()).singleElement().satisfies(sum -> assertThat(sum.fields())
                .containsEntry("more", 5L));
        assertThat(limiter.rest()).isEmpty();
    }

    @Test
    void whatIsNotToldYet_isNeverForgotten() {
        lines(11, ALPHA, "NOT_PERMITTED");
        pass(5_000);
        // Nobody has asked for the sums; what may have a line again has one.
        assertThat(lines(3, ALPHA, "NOT_PERMITTED")).isEqualTo(3);
        assertThat(limiter.over().get(0).fields()).containsEntry("more", 1L);
    }

    /** All nodes of a large namespace come back at once; whoever changes its token with each call does so for hours. */
    @Test
    void aBurst_mayBeLarge_whereWhatGoesOnIsFew() {
        AuditRateLimiter.Budget entries = new AuditRateLimiter.Budget(1_000, 2);
        int lines = 0;
        for (int second = 0; second < 100; second++) {
            for (int i = 0; i < 500; i++) {
                lines += limiter.admits(Kind.TOKEN, ALPHA, "ACCEPTED", entries) ? 1 : 0;
            }
            pass(1_000);
        }
        assertThat(lines).isBetween(1_190, 1_210);
    }

    @Test
    void aModestRate_isNeverSummedUp() {
        for (int second = 0; second < 100; second++) {
            assertThat(lines(9, ALPHA, "NOT_PERMITTED")).isEqualTo(9);
            pass(1_000);
        }
        assertThat(limiter.over()).isEmpty();
    }
}

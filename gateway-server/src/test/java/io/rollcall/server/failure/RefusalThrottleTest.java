package io.rollcall.server.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Attributes;
import io.grpc.Context;
import io.rollcall.server.testing.TestTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * On a clock that the test moves.
 *
 * <p>Planted bugs: no burst, one without end, one for all tenants; no longest wait; deadlines not looked at, or short
 * ones; what waits dropped on the way down.
 */
class RefusalThrottleTest {
    private static final Attributes.Key<String> TENANT = Attributes.Key.create("tenant");
    private static final Attributes ALPHA =
            Attributes.newBuilder().set(TENANT, "alpha").build();
    private static final Attributes BETA =
            Attributes.newBuilder().set(TENANT, "beta").build();

    private final TestTicker ticker = new TestTicker();
    private final List<Long> waitsMillis = new ArrayList<>();
    private final RefusalThrottle throttle = new RefusalThrottle(
            connection -> String.valueOf(connection.get(TENANT)),
            ticker::nanos,
            (task, after) -> waitsMillis.add(TimeUnit.NANOSECONDS.toMillis(after)));
    private int ended;

    private void refuse(Attributes connection, int times) {
        for (int i = 0; i < times; i++) {
            throttle.end(connection, () -> ended++);
        }
    }

    @Test
    void aBurst_goesOutAtOnce_andThenTheyGoOutOneByOne() {
        refuse(ALPHA, RefusalThrottle.BURST);
        assertThat(ended).isEqualTo(RefusalThrottle.BURST);
        refuse(ALPHA, 4);
        assertThat(ended).isEqualTo(RefusalThrottle.BURST + 1);
        assertThat(waitsMillis).containsExactly(3L, 6L, 9L);
    }

    @Test
    void nobodyWaits_forAnothersRefusals() {
        refuse(ALPHA, 10 * RefusalThrottle.BURST);
        refuse(BETA, 1);
        assertThat(ended).isEqualTo(RefusalThrottle.BURST + 2);
    }

    @Test
    void whoKeepsQuiet_hasTheBurstAgain() {
        refuse(ALPHA, 2 * RefusalThrottle.BURST);
        ended = 0;
        ticker.advance(Duration.ofHours(1));
        refuse(ALPHA, 2 * RefusalThrottle.BURST);
        assertThat(ended).isEqualTo(RefusalThrottle.BURST + 1);
    }

    @Test
    void nobodyWaits_longerThanTenSeconds() {
        refuse(ALPHA, 10_000);
        assertThat(waitsMillis)
                .hasSizeGreaterThan(5_000)
                .allMatch(wait -> wait <= 10_000)
                .contains(10_000L);
    }

    @Test
    void aCallerWithADeadline_isAnsweredBeforeIt() {
        refuse(ALPHA, 7 * RefusalThrottle.BURST); // the next is due in ten seconds
        waitsMillis.clear();
        refuseWithin(Duration.ofSeconds(8)); // far from the shortest that counts, should this thread be held up
        assertThat(waitsMillis).singleElement().satisfies(wait -> assertThat(wait)
                .isBetween(1L, 7_900L));
    }

    /** Or whoever sets short ones would have no pace at all. */
    @Test
    void aDeadlineThatIsVeryShort_hastensNothing() {
        refuse(ALPHA, 4 * RefusalThrottle.BURST);
        waitsMillis.clear();
        refuseWithin(Duration.ofMillis(50));
        assertThat(waitsMillis).singleElement().satisfies(wait -> assertThat(wait)
                .isGreaterThan(4_000L));
    }

    private void refuseWithin(Duration deadline) {
        ScheduledExecutorService deadlines = new ScheduledThreadPoolExecutor(1);
        Context.CancellableContext soon =
                Context.current().withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS, deadlines);
        try {
            soon.run(() -> refuse(ALPHA, 1));
        } finally {
            soon.cancel(null);
            deadlines.shutdownNow();
        }
    }

    @Test
    void onTheWayDown_nothingWaits() {
        RefusalThrottle closing = new RefusalThrottle(connection -> "", ticker::nanos, (task, after) -> {
            throw new RejectedExecutionException();
        });
        for (int i = 0; i < RefusalThrottle.BURST + 10; i++) {
            closing.end(ALPHA, () -> ended++);
        }
        assertThat(ended).isEqualTo(RefusalThrottle.BURST + 10);
    }
}

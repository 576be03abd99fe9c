package io.rollcall.server.watchdog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When a thread counts as standing still, and what becomes of the process; the test makes the ticks. */
class WatchdogTest {
    private static final int LIMIT = 30;

    private final List<String> told = new ArrayList<>();
    private final List<String> ends = new ArrayList<>();
    private final Watchdog watchdog = new Watchdog(
            LIMIT, (culprit, how) -> told.add(culprit.name() + " " + how), Runnable::run, () -> ends.add("end"));
    private final CheckIn loop = new CheckIn("loop");

    private void ticks(int count) {
        for (int i = 0; i < count; i++) {
            watchdog.tick();
        }
    }

    @Test
    void aThreadThatStandsStill_isToldOf_andThenTheProcessEnds() {
        watchdog.watch(loop);
        loop.here();
        ticks(1);
        ticks(LIMIT - 1);
        assertThat(told).isEmpty();
        ticks(1);
        assertThat(told).containsExactly("loop has not come round for 30 s");
        ticks(Watchdog.GRACE - 1);
        assertThat(ends).isEmpty();
        ticks(1);
        assertThat(ends).containsExactly("end");
        assertThat(told).as("told once").hasSize(1);
    }

    @Test
    void aThreadThatNeverBegan_isFound() {
        watchdog.watch(loop);
        ticks(LIMIT);
        assertThat(told).hasSize(1);
    }

    @Test
    void aThreadThatComesRound_isLeftAlone() {
        watchdog.watch(loop);
        for (int i = 0; i < 10; i++) {
            loop.here();
            ticks(LIMIT - 1);
        }
        assertThat(told).isEmpty();
        assertThat(ends).isEmpty();
    }

    @Test
    void oneOfMany_isFound() {
        CheckIn other = new CheckIn("other");
        watchdog.watch(other);
        watchdog.watch(loop);
        for (int i = 0; i < LIMIT + 1; i++) {
            other.here();
            ticks(1);
        }
        assertThat(told).containsExactly("loop has not come round for 30 s");
    }

    /** D3: a full or hanging disk ends nothing. */
    @Test
    void d3_aWaitForADisk_isNotCounted_howeverLong() {
        watchdog.watch(loop);
        loop.here();
        CheckIn.whileWaitingFor("the store", () -> {
            ticks(3 * LIMIT);
            CheckIn.whileWaitingFor("the audit log", () -> ticks(3 * LIMIT));
            assertThat(loop.waitsFor()).isEqualTo("the store");
            ticks(3 * LIMIT);
        });
        assertThat(loop.waitsFor()).isNull();
        assertThat(told).isEmpty();
        ticks(LIMIT);
        assertThat(told).as("counted from its end").isEmpty();
        ticks(1);
        assertThat(told).hasSize(1);
    }

    @Test
    void d3_aWaitThatFails_isOver() {
        watchdog.watch(loop);
        loop.here();
        assertThatThrownBy(() -> CheckIn.whileWaitingFor("the store", () -> {
                    throw new IllegalStateException("no room");
                }))
                .hasMessage("no room");
        assertThat(loop.waitsFor()).isNull();
    }

    @Test
    void aThreadWithoutWork_isNotCounted_untilItWorks() {
        watchdog.watch(loop);
        loop.rests();
        ticks(3 * LIMIT);
        assertThat(told).isEmpty();
        loop.here();
        ticks(LIMIT + 1);
        assertThat(told).hasSize(1);
    }

    @Test
    void aThreadThatHasEnded_isFoundLongBefore() throws Exception {
        watchdog.watch(loop);
        Thread thread = new Thread(loop::here, "short");
        thread.start();
        thread.join();
        ticks(Watchdog.DEAD - 1);
        assertThat(told).isEmpty();
        ticks(1);
        assertThat(told).containsExactly("loop has ended");
        ticks(Watchdog.GRACE);
        assertThat(ends).containsExactly("end");
    }

    @Test
    void aThreadThatWasReplaced_isAlive() throws Exception {
        watchdog.watch(loop);
        Thread thread = new Thread(loop::here, "short");
        thread.start();
        thread.join();
        ticks(Watchdog.DEAD - 1);
        loop.here();
        ticks(Watchdog.DEAD);
        assertThat(told).isEmpty();
    }

    /** What makes the thread stand still may be what telling it needs, too. */
    @Test
    void theProcessEnds_evenIfNobodyCanBeTold() {
        Watchdog deaf = new Watchdog(1, (culprit, how) -> told.add(how), task -> {}, () -> ends.add("end"));
        deaf.watch(loop);
        for (int i = 0; i < 1 + Watchdog.GRACE; i++) {
            deaf.tick();
        }
        assertThat(told).isEmpty();
        assertThat(ends).containsExactly("end");
    }

    @Test
    void whoIsForgotten_isNotMissed() {
        watchdog.watch(loop);
        watchdog.forget(loop);
        ticks(3 * LIMIT);
        assertThat(told).isEmpty();
    }

    @Test
    void aLimitOfNothing_isRefused() {
        assertThatThrownBy(() -> new Watchdog(0, (culprit, how) -> {}, Runnable::run, () -> {}))
                .hasMessage("watchdog limit: 0 ticks (expected: 1 or more)");
    }
}

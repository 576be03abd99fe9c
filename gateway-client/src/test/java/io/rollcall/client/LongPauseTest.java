package io.rollcall.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The wait after a fault that time alone does not mend. */
class LongPauseTest {
    private final HandTime time = new HandTime();
    private final AtomicInteger tries = new AtomicInteger();
    private List<String> stamps = List.of("first");
    private final LongPause pause = new LongPause(time, new Random(1), () -> stamps);

    @Test
    void itIsFiveMinutes_aFifthMoreOrLess() {
        for (int i = 1; i <= 20; i++) {
            long begun = time.nanoTime();
            pause.before(stamps, tries::incrementAndGet);
            while (tries.get() < i) {
                time.pass();
            }
            assertThat(Duration.ofNanos(time.nanoTime() - begun))
                    .isBetween(Duration.ofMinutes(4), Duration.ofMinutes(6));
        }
    }

    @Test
    void itIsOver_whenAFileChanges() {
        pause.before(stamps, tries::incrementAndGet);
        for (int i = 0; i < 10; i++) {
            time.pass();
        }
        assertThat(tries).hasValue(0);
        stamps = List.of("second");
        time.pass();
        assertThat(tries).hasValue(1);
        assertThat(Duration.ofNanos(time.nanoTime())).isLessThan(Duration.ofSeconds(15));
    }
}

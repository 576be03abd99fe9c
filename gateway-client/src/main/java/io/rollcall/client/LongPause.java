package io.rollcall.client;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The wait after a fault that time alone does not mend, such as a wrong CA or a refused token: five minutes, a fifth more
 * or less, or until a file of the credentials changes. Used by the thread whose task it delays.
 */
final class LongPause {
    private static final Duration USUAL = Duration.ofMinutes(5);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

    private final SessionTime time;
    private final RandomGenerator random;
    private final Supplier<List<String>> stamps;

    /** @param stamps changes when one of the files does */
    LongPause(SessionTime time, RandomGenerator random, Supplier<List<String>> stamps) {
        this.time = time;
        this.random = random;
        this.stamps = stamps;
    }

    /** @param seen the stamps before the attempt that failed */
    void before(List<String> seen, Runnable task) {
        long pause = Math.round(USUAL.toNanos() * (0.8 + random.nextDouble() * 0.4));
        look(seen, time.nanoTime() + pause, task);
    }

    private void look(List<String> seen, long until, Runnable task) {
        Duration left = Duration.ofNanos(until - time.nanoTime());
        if (left.isNegative() || left.isZero() || !stamps.get().equals(seen)) {
            task.run();
        } else {
            time.next(left.compareTo(BETWEEN_LOOKS) < 0 ? left : BETWEEN_LOOKS, () -> look(seen, until, task));
        }
    }
}

package io.rollcall.client;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** The wait after a failure: from a quarter second, doubled each time, half of it random. One thread. */
final class Backoff {

    private static final Duration FIRST = Duration.ofMillis(250);

    private final RandomGenerator random;
    private int failures;

    Backoff(RandomGenerator random) {
        this.random = random;
    }

    /** @param longest the longest wait, unless the gateway asks for more */
    Duration next(GatewayException failure, Duration longest) {
        long millis = Math.min(longest.toMillis(), FIRST.toMillis() << Math.min(failures++, 20));
        Duration wait = Duration.ofMillis(Math.round(millis * (0.5 + random.nextDouble() / 2)));
        return failure.retryAfter().filter(asked -> asked.compareTo(wait) > 0).orElse(wait);
    }

    void reset() {
        failures = 0;
    }
}

package io.rollcall.client;

import java.time.Duration;
import java.time.Instant;

/** The wire's numbers as values. */
final class Wire {

    private Wire() {}

    static Instant instant(double epochSeconds) {
        return Instant.ofEpochMilli(Math.round(epochSeconds * 1000));
    }

    static Duration duration(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1000));
    }

    /** A span in milliseconds that an older gateway does not give. */
    static Duration millisOr(long millis, Duration otherwise) {
        return millis > 0 ? Duration.ofMillis(millis) : otherwise;
    }
}

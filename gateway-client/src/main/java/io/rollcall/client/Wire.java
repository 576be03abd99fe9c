package io.rollcall.client;

import java.time.Duration;
import java.time.Instant;

/** Converts numbers of the wire to values. */
final class Wire {

    private Wire() {}

    static Instant instant(double epochSeconds) {
        return Instant.ofEpochMilli(Math.round(epochSeconds * 1000));
    }

    static Duration duration(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1000));
    }

    /** Converts milliseconds; returns {@code otherwise} if an older gateway does not send them. */
    static Duration millisOr(long millis, Duration otherwise) {
        return millis > 0 ? Duration.ofMillis(millis) : otherwise;
    }
}

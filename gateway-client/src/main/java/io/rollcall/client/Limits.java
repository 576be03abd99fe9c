package io.rollcall.client;

import java.time.Duration;

/**
 * The limits of a call.
 *
 * @param deadline for a call, all addresses tried included; 100 ms to 5 min
 * @param maxMessageBytes the largest reply that is read; 1 KiB to 256 MiB
 */
record Limits(Duration deadline, int maxMessageBytes) {

    static final Limits DEFAULT = new Limits(Duration.ofSeconds(10), 16 << 20);

    private static final Duration LONGEST_CONNECT = Duration.ofSeconds(5);

    Limits {
        if (deadline.toMillis() < 100 || deadline.compareTo(Duration.ofMinutes(5)) > 0) {
            throw new IllegalArgumentException("deadline: " + deadline + " (expected: 100 ms..5 min)");
        }
        if (maxMessageBytes < 1 << 10 || maxMessageBytes > 256 << 20) {
            throw new IllegalArgumentException("maxMessageBytes: " + maxMessageBytes + " (expected: 1 KiB..256 MiB)");
        }
    }

    /** Returns a connect timeout short enough to leave time for another address. */
    int connectMillis() {
        return (int) Math.min(LONGEST_CONNECT.toMillis(), deadline.toMillis() / 3);
    }
}

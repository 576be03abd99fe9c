package io.rollcall.adminui.live;

import java.time.Duration;

/**
 * The limits and intervals of live updates.
 *
 * @param streams the most streams open at a time
 * @param tick how long changes are collected before they are signalled together
 * @param age the time after which pages refresh without a change, so that "6.2 s ago" stays true
 * @param ping the time after which a silent stream gets a comment, to keep proxies open and detect dead sockets
 */
public record LiveTimings(int streams, Duration tick, Duration age, Duration ping) {

    /** Returns the defaults: 200 streams, 200 ms, 2 s, 15 s. */
    public static LiveTimings standard() {
        return new LiveTimings(200, Duration.ofMillis(200), Duration.ofSeconds(2), Duration.ofSeconds(15));
    }
}

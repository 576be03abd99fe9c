package io.rollcall.adminui.live;

import java.time.Duration;

/**
 * How lively the console is.
 *
 * @param streams streams open at a time, at most
 * @param tick how long changes gather before they are signalled together
 * @param age after which pages are told to refresh though nothing changed, so that "6.2 s ago" stays true
 * @param ping after which a silent stream gets a comment, so that proxies and dead sockets show
 */
public record LiveTimings(int streams, Duration tick, Duration age, Duration ping) {

    /** 200 streams, 200 ms, 2 s, 15 s. */
    public static LiveTimings standard() {
        return new LiveTimings(200, Duration.ofMillis(200), Duration.ofSeconds(2), Duration.ofSeconds(15));
    }
}

package io.rollcall.adminui.https;

import java.time.Duration;

/**
 * Limits on clients that have not signed in or sent the scrape token. A connection and each of its unanswered requests
 * count as one.
 *
 * @param inAll for all of them together
 * @param byNetwork for those of one {@link ClientNetwork}
 * @param trusted connections that have signed in; those above the limit count as unauthenticated again
 * @param firstRequest from the TCP connection to the end of the first request's headers, TLS handshake included
 * @param nextRequest from an answer to the end of the next request's headers
 * @param body from the end of a request's headers to the end of its body, for signed-in clients too
 * @param answer from there until the answer has been read
 */
public record ClientLimits(
        int inAll,
        int byNetwork,
        int trusted,
        Duration firstRequest,
        Duration nextRequest,
        Duration body,
        Duration answer) {

    /** Returns the defaults: 2,000 in all, 1,200 of one network, 500 signed in; 10 s, 75 s, 10 s and 30 s. */
    public static ClientLimits standard() {
        return new ClientLimits(
                2_000,
                1_200,
                500,
                Duration.ofSeconds(10),
                Duration.ofSeconds(75),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30));
    }
}

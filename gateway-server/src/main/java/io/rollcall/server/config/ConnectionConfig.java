package io.rollcall.server.config;

import java.time.Duration;

/**
 * What the connections of nodes may cost the gateway.
 *
 * @param most open at once, of all namespaces together, unfinished handshakes included
 * @param maxAge when a node is asked to connect anew, give or take a tenth
 * @param ageGrace how long its calls may go on from then
 */
public record ConnectionConfig(int most, Duration maxAge, Duration ageGrace, TlsLimits tls, Http2Limits http2) {

    /**
     * What a handshake may be like.
     *
     * @param leastVersion the oldest version that is spoken, such as {@code 1.2}
     * @param handshakeTimeout after which a connection is closed that is still without one
     * @param chainBytes of the client's certificates, all together
     */
    public record TlsLimits(String leastVersion, Duration handshakeTimeout, int chainBytes) {}

    /**
     * What one connection may ask for (RFC 9113).
     *
     * @param calls open at once
     * @param headerBytes of one call, uncompressed
     * @param messageBytes of one request
     * @param resets calls that the client may cancel in a window (Rapid Reset, CVE-2023-44487)
     * @param resetWindow whole seconds
     * @param clientPings how often a client may ping at most
     * @param pingInterval after which a silent client is pinged
     * @param pingTimeout after which it is cut off if it does not answer
     */
    public record Http2Limits(
            int calls,
            int headerBytes,
            int messageBytes,
            int resets,
            Duration resetWindow,
            Duration clientPings,
            Duration pingInterval,
            Duration pingTimeout) {}
}

package io.rollcall.server.identity;

/**
 * An {@code authorization} header that was verified for one certificate.
 *
 * @param id its {@code jti}
 * @param validUntilMillis wall clock, milliseconds since the epoch: {@code exp} and the allowed skew
 */
record VerifiedToken(String header, String id, long validUntilMillis) {
    boolean covers(String header, long nowMillis) {
        return nowMillis < validUntilMillis && this.header.equals(header);
    }
}

package io.rollcall.server.identity;

/**
 * An {@code authorization} header that was verified for one certificate.
 *
 * @param id its {@code jti}, or a hash of one that has none
 * @param generation generation of the trust policy that it was verified under
 * @param validUntilMillis wall clock, milliseconds since the epoch: {@code exp} plus the allowed skew, or when the keys
 *     have to be fetched again
 */
record VerifiedToken(String header, String id, long generation, long validUntilMillis) {
    boolean covers(String header, long generation, long nowMillis) {
        return nowMillis < validUntilMillis && this.generation == generation && this.header.equals(header);
    }
}

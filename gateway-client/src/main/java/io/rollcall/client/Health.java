package io.rollcall.client;

import io.rollcall.v1.HealthCheckResponse;
import java.time.Instant;

/**
 * The health of the gateway.
 *
 * @param status the gateway's word, {@code healthy}
 * @param time the gateway's wall clock
 * @param version the gateway's version
 */
public record Health(String status, Instant time, String version) {

    /** Returns whether the gateway reports itself as healthy. */
    public boolean isHealthy() {
        return status.equals("healthy");
    }

    static Health of(HealthCheckResponse reply) {
        return new Health(reply.getStatus(), Wire.instant(reply.getTimestamp()), reply.getVersion());
    }
}

package io.rollcall.client;

import io.rollcall.v1.HealthCheckResponse;
import java.time.Instant;

/**
 * Whether the gateway serves.
 *
 * @param status the gateway's word, {@code healthy}
 * @param time the gateway's wall clock
 * @param version the gateway's
 */
public record Health(String status, Instant time, String version) {

    /** Whether the gateway calls itself healthy. */
    public boolean isHealthy() {
        return status.equals("healthy");
    }

    static Health of(HealthCheckResponse reply) {
        return new Health(reply.getStatus(), Wire.instant(reply.getTimestamp()), reply.getVersion());
    }
}

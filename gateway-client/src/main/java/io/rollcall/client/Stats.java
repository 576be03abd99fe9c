package io.rollcall.client;

import io.rollcall.v1.GetStatsResponse;
import java.time.Duration;

/**
 * Counts of the caller's namespace.
 *
 * @param total all entries, the failed ones still on view among them
 * @param active entries whose lease has not expired
 * @param suspected of these: silent for too long
 * @param leaderId 0: none
 * @param term the term on record; 0: none
 * @param bootstrapped whether some node was told to found the cluster of this epoch
 * @param uptime the gateway's
 */
public record Stats(
        int total,
        int active,
        int suspected,
        int failed,
        int leaderId,
        long term,
        boolean bootstrapped,
        Duration uptime,
        Revision at) {

    static Stats of(GetStatsResponse reply) {
        return new Stats(
                reply.getTotalNodes(),
                reply.getActiveNodes(),
                reply.getSuspectedNodes(),
                reply.getFailedNodes(),
                reply.getLeaderId(),
                reply.getTerm(),
                reply.getBootstrapInitiated(),
                Wire.duration(reply.getUptime()),
                Revision.of(reply));
    }
}

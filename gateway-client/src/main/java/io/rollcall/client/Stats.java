package io.rollcall.client;

import io.rollcall.v1.GetStatsResponse;
import java.time.Duration;

/**
 * Counts of the caller's namespace.
 *
 * @param total all entries, including failed nodes that are still listed
 * @param active entries whose lease has not expired
 * @param suspected active entries that have been silent for too long
 * @param leaderId the leader's id; 0: none
 * @param term the term on record; 0: none
 * @param bootstrapped whether a node was told to found the cluster of this epoch
 * @param uptime of the gateway
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

package io.rollcall.server.config;

import java.time.Duration;

/**
 * How long nodes may be silent.
 *
 * @param heartbeatInterval how often nodes are asked to send a heartbeat
 * @param suspectAfter the silence after which a node is suspected
 * @param nodeTimeout the silence after which its lease expires
 * @param failedRetention how long a failed node stays on view
 * @param streamGrace how long a broken stream may stay away before its node is suspected
 */
public record LeaseConfig(
        Duration heartbeatInterval,
        Duration suspectAfter,
        Duration nodeTimeout,
        Duration failedRetention,
        Duration streamGrace) {}

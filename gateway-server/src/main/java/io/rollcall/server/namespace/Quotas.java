package io.rollcall.server.namespace;

/**
 * How much of the gateway one namespace may have. An immutable value.
 *
 * @param nodes with a lease that runs
 * @param nodeIds that its nodes may ever have had: how the sessions of each ended is kept
 * @param connections open at once
 * @param calls open at once, streams and watches among them
 * @param callBytes that these calls may hold in memory: a fixed cost of each, and its headers
 * @param unreadBytes of replies that callers have not read yet, and of incomplete requests
 * @param watchers open at once
 * @param metadataBytes of all nodes on record: their metadata, capabilities and addresses, in UTF-8
 * @param changesPerSecond registrations, removals, leader reports and resets
 * @param readsPerSecond lists, leader, statistics, health checks, and watches that begin
 * @param memberChangesPerSecond of {@code changesPerSecond}, what one node may ask for
 */
public record Quotas(
        int nodes,
        int nodeIds,
        int connections,
        int calls,
        long callBytes,
        long unreadBytes,
        int watchers,
        long metadataBytes,
        int changesPerSecond,
        int readsPerSecond,
        int memberChangesPerSecond) {}

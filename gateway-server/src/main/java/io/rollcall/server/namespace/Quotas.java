package io.rollcall.server.namespace;

/**
 * How much of the gateway one namespace may have. An immutable value.
 *
 * @param nodes with a lease that runs
 * @param watchers open at once
 * @param metadataChars of one node, keys and values together
 * @param changesPerSecond registrations, removals, leader reports and resets
 * @param readsPerSecond lists, leader, statistics, health checks, and watches that begin
 */
public record Quotas(int nodes, int watchers, int metadataChars, int changesPerSecond, int readsPerSecond) {}

package io.rollcall.server.leader;

/**
 * The outcome of a claim.
 *
 * @param after the resulting register; the same object if nothing changed
 * @param message if refused, what would have been accepted; else empty
 */
public record LeaderVerdict(boolean accepted, LeaderRegister after, String message) {}

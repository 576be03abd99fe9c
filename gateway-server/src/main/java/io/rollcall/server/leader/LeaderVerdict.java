package io.rollcall.server.leader;

/**
 * What became of a claim.
 *
 * @param after the register from now on; the same object where nothing changed
 * @param message where refused: what would have been accepted; else empty
 */
public record LeaderVerdict(boolean accepted, LeaderRegister after, String message) {}

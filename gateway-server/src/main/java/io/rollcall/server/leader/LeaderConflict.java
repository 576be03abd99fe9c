package io.rollcall.server.leader;

import io.rollcall.server.namespace.NodeId;
import java.time.Instant;

/**
 * Two nodes were reported as leader of one term (L2). The first stays; an operator should know.
 *
 * @param claimant who was refused
 * @param reporter who reported the refused one
 * @param since when that first happened in this term
 */
public record LeaderConflict(long term, NodeId claimant, NodeId reporter, Instant since) {}

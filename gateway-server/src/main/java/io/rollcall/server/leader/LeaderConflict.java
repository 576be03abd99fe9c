package io.rollcall.server.leader;

import io.rollcall.server.namespace.NodeId;
import java.time.Instant;

/**
 * Two nodes were reported as leader of one term (L2). The first stays leader; operators are alerted.
 *
 * @param claimant the node that was refused
 * @param reporter the node that reported the claimant
 * @param since when this first happened in this term
 */
public record LeaderConflict(long term, NodeId claimant, NodeId reporter, Instant since) {}

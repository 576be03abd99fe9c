package io.rollcall.demo;

import io.rollcall.client.Leadership;
import io.rollcall.client.Node;
import io.rollcall.client.NodeStatus;
import java.util.List;
import java.util.OptionalInt;

/**
 * A toy election with no votes: when nobody leads, everybody works out the same successor from the same list, and the
 * successor alone claims the next term. Terms only go up, since the gateway keeps them; whoever is refused reads again.
 *
 * <p>Not Raft: two nodes that read different lists may both claim a term, and the gateway then accepts the first.
 */
final class Election {

    /** Looks without a leader after which a node that did not found the cluster claims its first term all the same. */
    private static final int FOUNDER_IS_LOST = 20;

    private final int me;
    private int looksWithoutLeader;

    Election(int me) {
        this.me = me;
    }

    /**
     * One look at the namespace.
     *
     * @param founder whether this node was told to found the cluster
     * @return whether to claim the term after the one on record
     */
    boolean shouldClaim(Leadership now, List<Node> live, boolean founder) {
        if (now.leader().isPresent()) {
            looksWithoutLeader = 0;
            // The gateway names the founder at once (B6), without a term: the founder adds the first.
            return founder && now.term() == 0;
        }
        looksWithoutLeader++;
        if (now.term() == 0) {
            // The first leader is the founder; unless it died before it said so.
            boolean lost = looksWithoutLeader > FOUNDER_IS_LOST;
            return founder || (lost && successor(live, 0).equals(OptionalInt.of(me)));
        }
        return successor(live, now.term()).equals(OptionalInt.of(me));
    }

    /** Spread over the nodes by the term, so that not always the same one leads. */
    private static OptionalInt successor(List<Node> live, long term) {
        List<Integer> ids = live.stream()
                .filter(node -> node.status() == NodeStatus.ACTIVE)
                .map(Node::id)
                .sorted()
                .toList();
        return ids.isEmpty() ? OptionalInt.empty() : OptionalInt.of(ids.get(Math.floorMod(term * 7, ids.size())));
    }
}

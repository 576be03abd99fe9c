package io.rollcall.server.registry;

import io.rollcall.server.namespace.NodeId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A filter for listing nodes.
 *
 * @param statuses only these
 * @param capabilities only nodes that have all of these
 * @param exceptId the node to leave out; 0: none
 */
public record NodeQuery(Set<NodeStatus> statuses, Set<String> capabilities, int exceptId) {
    private static final Set<NodeStatus> LIVE = Set.of(NodeStatus.ACTIVE, NodeStatus.SUSPECTED);

    public NodeQuery {
        statuses = statuses.isEmpty() ? LIVE : Set.copyOf(statuses);
        capabilities = Set.copyOf(capabilities);
    }

    /** Returns a query for all nodes whose lease has not expired, except one. */
    public static NodeQuery liveExcept(int exceptId) {
        return new NodeQuery(LIVE, Set.of(), exceptId);
    }

    /** Matching neighbours in one leaf, from {@code first} (inclusive) to {@code end} (exclusive). */
    public record Run(NodeMap.Leaf leaf, int first, int end) {}

    /**
     * A part of the matching nodes.
     *
     * @param runs ordered by id
     * @param lookedAt the number of nodes examined
     * @param lastId the highest id found; 0: none was found
     * @param isCut whether more nodes match
     */
    public record Found(List<Run> runs, int lookedAt, int lastId, boolean isCut) {
        Stream<Node> nodes() {
            return runs.stream()
                    .flatMap(run -> IntStream.range(run.first, run.end).mapToObj(run.leaf::get));
        }
    }

    /** Returns the first {@code most} matching nodes with an id above {@code afterId}, ordered by id. */
    public Found find(NamespaceState state, int afterId, long most) {
        Search search = new Search(most);
        if (most > 0) {
            for (NodeMap.Leaf leaf : state.nodes().leavesAfter(afterId)) {
                int first = leaf.firstAfter(afterId);
                if (capabilities.isEmpty() && leaf.hasOnly(statuses)) {
                    search.takeAll(leaf, first);
                } else {
                    search.takeMatching(leaf, first);
                }
                if (search.isCut) {
                    break;
                }
            }
        }
        return new Found(search.runs, search.lookedAt, search.lastId, search.isCut);
    }

    private final class Search {
        private final List<Run> runs = new ArrayList<>();
        private long left;
        private int lookedAt;
        private int lastId;
        private boolean isCut;

        Search(long most) {
            this.left = most;
        }

        /** Takes the rest of a leaf, all of which matches but {@code exceptId}: without looking at each node. */
        void takeAll(NodeMap.Leaf leaf, int first) {
            int except = exceptId == 0 ? -1 : leaf.indexOf(NodeId.of(exceptId));
            if (except < first) {
                take(leaf, first, leaf.size());
                return;
            }
            take(leaf, first, except);
            if (!isCut) {
                lookedAt++;
                take(leaf, except + 1, leaf.size());
            }
        }

        void takeMatching(NodeMap.Leaf leaf, int first) {
            int start = first;
            for (int i = first; i < leaf.size(); i++) {
                if (!matches(leaf.get(i))) {
                    take(leaf, start, i);
                    lookedAt++;
                    start = i + 1;
                } else if (i - start >= left) {
                    break; // one more than there is room for
                }
            }
            take(leaf, start, leaf.size());
        }

        /** Takes the nodes of a leaf from {@code first} (inclusive) to {@code end} (exclusive), as far as there is room. */
        private void take(NodeMap.Leaf leaf, int first, int end) {
            if (isCut || first == end) {
                return;
            }
            int last = first + (int) Math.min(end - first, left);
            isCut = last < end;
            lookedAt += last - first + (isCut ? 1 : 0);
            left -= last - first;
            if (first < last) {
                runs.add(new Run(leaf, first, last));
                lastId = leaf.get(last - 1).id().value();
            }
        }
    }

    private boolean matches(Node node) {
        return node.id().value() != exceptId && statuses.contains(node.status()) && hasAll(node);
    }

    /** One lookup for each of the node's capabilities, which may contain duplicates. */
    private boolean hasAll(Node node) {
        List<String> its = node.details().capabilities();
        if (its.size() < capabilities.size()) {
            return false;
        }
        if (capabilities.size() <= 1) {
            return its.containsAll(capabilities);
        }
        Set<String> wanted = new HashSet<>(capabilities.size() * 2);
        for (String capability : its) {
            if (capabilities.contains(capability)) {
                wanted.add(capability);
            }
        }
        return wanted.size() == capabilities.size();
    }
}

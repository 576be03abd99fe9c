package io.rollcall.server.registry;

import io.rollcall.server.namespace.NodeId;
import java.util.AbstractCollection;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * The nodes of a namespace, ordered by id: a persistent map of leaves, each of at most {@value Leaf#MOST} nodes.
 *
 * <pre>
 *   1 → [1, 2, 5]     9 → [9, 10, 31]     40 → [40]
 * </pre>
 *
 * A change copies one leaf and the path to it; all other leaves are shared with the previous map. So whatever is derived
 * from a leaf, such as the encoding of its nodes, is derived again only when the leaf has changed: see {@link
 * Leaf#derived}.
 *
 * <p>Immutable; any thread. Takes time logarithmic in the number of nodes, and copies at most {@value Leaf#MOST}
 * references.
 */
public final class NodeMap {
    private static final NodeMap EMPTY = new NodeMap(TreePMap.empty(), 0);

    /** Each under its lowest id when it was made: its nodes have at least that id, and less than the next key. */
    private final TreePMap<NodeId, Leaf> leaves;

    private final int size;

    private NodeMap(TreePMap<NodeId, Leaf> leaves, int size) {
        this.leaves = leaves;
        this.size = size;
    }

    public static NodeMap empty() {
        return EMPTY;
    }

    /** Neighbours by id, at least one. */
    public static final class Leaf {
        static final int MOST = 64;

        private final Node[] nodes;
        /** The statuses of the nodes. */
        private final Set<NodeStatus> statuses = EnumSet.noneOf(NodeStatus.class);

        private volatile @Nullable Object derived;

        private Leaf(Node[] nodes) {
            this(nodes, null);
        }

        /** @param derived what was derived from the leaf that this one replaces */
        private Leaf(Node[] nodes, @Nullable Object derived) {
            this.nodes = nodes;
            this.derived = derived;
            for (Node node : nodes) {
                statuses.add(node.status());
            }
        }

        public int size() {
            return nodes.length;
        }

        public Node get(int index) {
            return nodes[index];
        }

        /** Returns whether each node has one of these statuses. */
        boolean hasOnly(Set<NodeStatus> these) {
            return these.containsAll(statuses);
        }

        /** Returns the index of the node with this id, or {@code -(insertion point) - 1}. */
        public int indexOf(NodeId id) {
            int low = 0;
            int high = nodes.length - 1;
            while (low <= high) {
                int middle = (low + high) >>> 1;
                int order = Integer.compare(nodes[middle].id().value(), id.value());
                if (order == 0) {
                    return middle;
                }
                if (order < 0) {
                    low = middle + 1;
                } else {
                    high = middle - 1;
                }
            }
            return -low - 1;
        }

        /** Returns the index of the first node with an id above {@code id}; the size if there is none. */
        public int firstAfter(int id) {
            int index = id == 0 ? 0 : indexOf(NodeId.of(id));
            return index < 0 ? -index - 1 : id == 0 ? 0 : index + 1;
        }

        /**
         * Returns what was derived last from this leaf, or from one that it replaced, unless {@code newer} replaces it.
         * There is one place for it, so all callers use the same type. If two threads replace it, either result stays.
         *
         * @param newer gets what is there, null at first; returns that or its replacement
         */
        @SuppressWarnings("unchecked")
        public <D> D derived(Function<@Nullable D, D> newer) {
            D before = (D) derived;
            D after = newer.apply(before);
            if (after != before) {
                derived = after;
            }
            return after;
        }
    }

    public int size() {
        return size;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    public @Nullable Node get(NodeId id) {
        var entry = leaves.floorEntry(id);
        if (entry == null) {
            return null;
        }
        int index = entry.getValue().indexOf(id);
        return index < 0 ? null : entry.getValue().nodes[index];
    }

    /** Returns this map with the node, which replaces one with the same id. */
    public NodeMap plus(Node node) {
        if (isEmpty()) {
            return new NodeMap(leaves.plus(node.id(), new Leaf(new Node[] {node})), 1);
        }
        var floor = leaves.floorEntry(node.id());
        var entry = floor == null ? leaves.firstEntry() : floor;
        Leaf leaf = entry.getValue();
        int index = leaf.indexOf(node.id());
        if (index >= 0) {
            Node[] replaced = leaf.nodes.clone();
            replaced[index] = node;
            return new NodeMap(leaves.plus(entry.getKey(), new Leaf(replaced, leaf.derived)), size);
        }
        int at = -index - 1;
        Node[] more = new Node[leaf.nodes.length + 1];
        System.arraycopy(leaf.nodes, 0, more, 0, at);
        more[at] = node;
        System.arraycopy(leaf.nodes, at, more, at + 1, leaf.nodes.length - at);
        return new NodeMap(replace(entry.getKey(), more, leaf.derived, at == leaf.nodes.length), size + 1);
    }

    /** Splits a leaf that is too large: in half, or before its last node if that was appended, since ids often ascend. */
    private TreePMap<NodeId, Leaf> replace(NodeId key, Node[] nodes, @Nullable Object derived, boolean isAppended) {
        TreePMap<NodeId, Leaf> rest = leaves.minus(key);
        if (nodes.length <= Leaf.MOST) {
            return rest.plus(nodes[0].id(), new Leaf(nodes, derived));
        }
        int middle = isAppended ? nodes.length - 1 : nodes.length / 2;
        Node[] lower = Arrays.copyOf(nodes, middle);
        Node[] upper = Arrays.copyOfRange(nodes, middle, nodes.length);
        return rest.plus(lower[0].id(), new Leaf(lower, derived)).plus(upper[0].id(), new Leaf(upper, derived));
    }

    /** Returns this map without the node with that id, if there is one. */
    NodeMap minus(NodeId id) {
        var entry = leaves.floorEntry(id);
        int index = entry == null ? -1 : entry.getValue().indexOf(id);
        if (entry == null || index < 0) {
            return this;
        }
        Node[] nodes = entry.getValue().nodes;
        TreePMap<NodeId, Leaf> rest = leaves.minus(entry.getKey());
        if (nodes.length == 1) {
            return new NodeMap(rest, size - 1);
        }
        Node[] fewer = new Node[nodes.length - 1];
        System.arraycopy(nodes, 0, fewer, 0, index);
        System.arraycopy(nodes, index + 1, fewer, index, fewer.length - index);
        return new NodeMap(rest.plus(fewer[0].id(), new Leaf(fewer, entry.getValue().derived)), size - 1);
    }

    /** Returns the leaves, by ascending id. */
    public Collection<Leaf> leaves() {
        return leaves.values();
    }

    /** Returns the leaves with ids above {@code id}; the first may also have lower ids, or only those. 0: all. */
    public Collection<Leaf> leavesAfter(int id) {
        if (id == 0) {
            return leaves.values();
        }
        NodeId first = leaves.floorKey(NodeId.of(id));
        return first == null ? leaves.values() : leaves.tailMap(first, true).values();
    }

    /** Returns all nodes by ascending id. */
    public Collection<Node> values() {
        return new AbstractCollection<>() {
            @Override
            public Iterator<Node> iterator() {
                return new Nodes(leaves(), 0);
            }

            @Override
            public int size() {
                return size;
            }
        };
    }

    /** Returns the nodes with an id above {@code id}, ascending; 0: all. */
    public Iterable<Node> after(int id) {
        return () -> new Nodes(leavesAfter(id), id);
    }

    /** The nodes of some leaves. */
    private static final class Nodes implements Iterator<Node> {
        private final Iterator<Leaf> leaves;
        private @Nullable Leaf leaf;
        private int next;

        Nodes(Collection<Leaf> leaves, int after) {
            this.leaves = leaves.iterator();
            advance();
            while (leaf != null && leaf.nodes[next].id().value() <= after) {
                next++;
                advance();
            }
        }

        /** Moves to the next leaf at the end of one. */
        private void advance() {
            if (leaf == null || next == leaf.size()) {
                leaf = leaves.hasNext() ? leaves.next() : null;
                next = 0;
            }
        }

        @Override
        public boolean hasNext() {
            return leaf != null;
        }

        @Override
        public Node next() {
            if (leaf == null) {
                throw new NoSuchElementException();
            }
            Node node = leaf.nodes[next++];
            advance();
            return node;
        }
    }

    /** Maps of equal nodes are equal, however they are divided into leaves. */
    @Override
    public boolean equals(@Nullable Object other) {
        if (!(other instanceof NodeMap that) || that.size != size) {
            return false;
        }
        Iterator<Node> theirs = that.values().iterator();
        for (Node node : values()) {
            if (!node.equals(theirs.next())) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        int hash = size;
        for (Node node : values()) {
            hash = hash * 31 + Objects.hashCode(node);
        }
        return hash;
    }

    @Override
    public String toString() {
        return values().toString();
    }
}

package io.rollcall.server.registry.grpc;

import com.google.protobuf.MessageLite;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.registry.Node;
import io.rollcall.server.registry.NodeMap;
import io.rollcall.server.registry.NodeQuery;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Encodes lists of nodes. The encoding of a leaf of the registry is kept with it, and shared by all replies until one of
 * its nodes changes or {@code last_seen} is older than {@link RegistryMessages#KEPT_NANOS}. Thread-safe.
 */
public final class NodeLists {
    private final RegistryMessages messages;
    private final LongSupplier nanos;

    /** @param nanos the monotonic clock */
    public NodeLists(RegistryMessages messages, LongSupplier nanos) {
        this.messages = messages;
        this.nanos = nanos;
    }

    /** Returns these nodes as entries of this field. */
    EncodedEntries entries(int field, NamespaceName namespace, NodeQuery.Found found) {
        EncodedEntries entries = new EncodedEntries();
        for (NodeQuery.Run run : found.runs()) {
            encoded(namespace, run.leaf()).addTo(entries, field, run.first(), run.end());
        }
        return entries;
    }

    /**
     * Some nodes of a namespace.
     *
     * @param entries of {@link EncodedLeaf#FIELD}
     * @param lastId the highest id among them, or that which they follow
     * @param isComplete whether no more follow
     */
    public record Part(EncodedEntries entries, int lastId, boolean isComplete) {}

    /**
     * Returns as many of the nodes above {@code after} as fit.
     *
     * @param mostBytes the limit of their size; the first of them may exceed it if {@code mayBeEmpty} is false
     * @param mayBeEmpty whether the part may hold no node though there are some
     */
    public Part part(NamespaceName namespace, NodeMap nodes, int after, int mostBytes, boolean mayBeEmpty) {
        EncodedEntries entries = new EncodedEntries();
        int lastId = after;
        for (NodeMap.Leaf leaf : nodes.leavesAfter(after)) {
            EncodedLeaf encoded = encoded(namespace, leaf);
            int first = leaf.firstAfter(after);
            int end = encoded.fitting(first, mostBytes - entries.size());
            if (end == first && end < leaf.size() && entries.size() == 0 && !mayBeEmpty) {
                end++;
            }
            if (end > first) {
                encoded.addTo(entries, EncodedLeaf.FIELD, first, end);
                lastId = leaf.get(end - 1).id().value();
            }
            if (end < leaf.size()) {
                return new Part(entries, lastId, false);
            }
        }
        return new Part(entries, lastId, true);
    }

    private EncodedLeaf encoded(NamespaceName namespace, NodeMap.Leaf leaf) {
        EncodedLeaf.Source source = new EncodedLeaf.Source() {
            @Override
            public MessageLite withoutLastSeen(Node node) {
                return RegistryMessages.withoutLastSeen(node);
            }

            @Override
            public double lastSeen(Node node) {
                return messages.lastSeen(namespace, node);
            }
        };
        long now = nanos.getAsLong();
        return leaf.<EncodedLeaf>derived(before -> newest(leaf, before, now, source));
    }

    private static EncodedLeaf newest(
            NodeMap.Leaf leaf, @Nullable EncodedLeaf before, long now, EncodedLeaf.Source source) {
        if (before == null || !before.isOf(leaf)) {
            return EncodedLeaf.of(leaf, before, now, source);
        }
        return now - before.madeAtNanos() < RegistryMessages.KEPT_NANOS ? before : before.refreshed(now, source);
    }
}

package io.rollcall.server.registry.grpc;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import com.google.protobuf.WireFormat;
import io.rollcall.server.registry.Node;
import io.rollcall.server.registry.NodeMap;
import io.rollcall.v1.GetNodesResponse;
import io.rollcall.v1.NodeInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The encoded nodes of one leaf, with their last-seen times at one moment. An entry is encoded once for each change of
 * its node. Its last eight bytes are {@code last_seen}, which changes with every heartbeat; they are written again into
 * a copy.
 *
 * <pre>
 *   field and length   the entry's fields but last_seen      last_seen
 *   0a 7b              08 01 12 08 31 30 2e 30 2e 30 2e 37   31 00 00 80 9a 4f 6d da 41
 * </pre>
 *
 * Immutable.
 */
final class EncodedLeaf {
    /** The field of each entry, as in GetNodesResponse and WatchSnapshot. */
    static final int FIELD = GetNodesResponse.NODES_FIELD_NUMBER;

    private static final VarHandle LITTLE_ENDIAN =
            MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int LAST_SEEN_BYTES =
            CodedOutputStream.computeTagSize(NodeInfo.LAST_SEEN_FIELD_NUMBER) + Double.BYTES;

    private final NodeMap.Leaf leaf;
    private final long madeAtNanos;
    private final byte[] bytes;
    /** Where each entry ends. */
    private final int[] ends;

    private EncodedLeaf(NodeMap.Leaf leaf, long madeAtNanos, byte[] bytes, int[] ends) {
        this.leaf = leaf;
        this.madeAtNanos = madeAtNanos;
        this.bytes = bytes;
        this.ends = ends;
    }

    /** Converts nodes, and knows when each was last seen. */
    interface Source {
        /** Returns the node's message without {@code last_seen}. */
        MessageLite withoutLastSeen(Node node);

        /** Returns the current last-seen time, in seconds since the epoch. */
        double lastSeen(Node node);
    }

    /**
     * Encodes a leaf, reusing the entries of {@code before} whose nodes have not changed.
     *
     * @param nowNanos the monotonic clock
     */
    static EncodedLeaf of(NodeMap.Leaf leaf, @Nullable EncodedLeaf before, long nowNanos, Source source) {
        int size = leaf.size();
        byte[][] from = new byte[size][];
        int[] starts = new int[size];
        int[] ends = new int[size];
        int total = 0;
        for (int i = 0; i < size; i++) {
            int known = before == null ? -1 : before.indexOf(leaf.get(i));
            int length;
            if (before != null && known >= 0) {
                from[i] = before.bytes;
                starts[i] = before.start(known);
                length = before.ends[known] - starts[i];
            } else {
                from[i] = entry(source.withoutLastSeen(leaf.get(i)));
                length = from[i].length;
            }
            total += length;
            ends[i] = total;
        }
        byte[] bytes = new byte[total];
        for (int i = 0; i < size; i++) {
            int start = i == 0 ? 0 : ends[i - 1];
            System.arraycopy(from[i], starts[i], bytes, start, ends[i] - start);
        }
        return new EncodedLeaf(leaf, nowNanos, bytes, ends).seen(source);
    }

    /** Returns the same nodes with their current last-seen times. */
    EncodedLeaf refreshed(long nowNanos, Source source) {
        return new EncodedLeaf(leaf, nowNanos, bytes.clone(), ends).seen(source);
    }

    private EncodedLeaf seen(Source source) {
        for (int i = 0; i < ends.length; i++) {
            LITTLE_ENDIAN.set(bytes, ends[i] - Double.BYTES, source.lastSeen(leaf.get(i)));
        }
        return this;
    }

    private static byte[] entry(MessageLite withoutLastSeen) {
        int length = withoutLastSeen.getSerializedSize() + LAST_SEEN_BYTES;
        byte[] entry = new byte
                [CodedOutputStream.computeTagSize(FIELD) + CodedOutputStream.computeUInt32SizeNoTag(length) + length];
        CodedOutputStream out = CodedOutputStream.newInstance(entry);
        try {
            out.writeTag(FIELD, WireFormat.WIRETYPE_LENGTH_DELIMITED);
            out.writeUInt32NoTag(length);
            withoutLastSeen.writeTo(out);
            out.writeDouble(NodeInfo.LAST_SEEN_FIELD_NUMBER, 0);
            out.checkNoSpaceLeft();
        } catch (IOException e) {
            throw new UncheckedIOException("an array has no room", e);
        }
        return entry;
    }

    boolean isOf(NodeMap.Leaf other) {
        return leaf == other;
    }

    long madeAtNanos() {
        return madeAtNanos;
    }

    /** Returns the end (exclusive) of the entries from {@code first} on that together have at most that many bytes. */
    int fitting(int first, int mostBytes) {
        int end = first;
        while (end < ends.length && ends[end] - start(first) <= mostBytes) {
            end++;
        }
        return end;
    }

    /** Adds the entries from {@code first} (inclusive) to {@code end} (exclusive), under this field. */
    void addTo(EncodedEntries entries, int field, int first, int end) {
        if (field == FIELD) {
            entries.add(bytes, start(first), ends[end - 1]);
            return;
        }
        byte[] copy = Arrays.copyOfRange(bytes, start(first), ends[end - 1]);
        for (int i = first; i < end; i++) {
            copy[start(i) - start(first)] = (byte) (field << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED);
        }
        entries.add(copy, 0, copy.length);
    }

    private int start(int index) {
        return index == 0 ? 0 : ends[index - 1];
    }

    /** Returns the position of this state of a node; -1: it is not here. */
    @SuppressWarnings("ReferenceEquality") // a changed node is another object; comparing fields would cost more
    private int indexOf(Node node) {
        int index = leaf.indexOf(node.id());
        return index >= 0 && leaf.get(index) == node ? index : -1;
    }
}

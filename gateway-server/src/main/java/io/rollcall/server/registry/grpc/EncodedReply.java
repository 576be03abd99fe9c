package io.rollcall.server.registry.grpc;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import com.google.protobuf.WireFormat;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor.Marshaller;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * A reply in its wire format: its small fields, then encoded entries, which other replies share.
 *
 * <pre>
 *   GetNodesResponse     its other fields                              nodes nodes nodes …
 *   WatchNodesResponse   its other fields, snapshot: length, its others   nodes nodes nodes …
 * </pre>
 *
 * Fields may come in any order (Protocol Buffers encoding, "Field order"). Is sent once. Not thread-safe.
 */
public final class EncodedReply extends InputStream implements Drainable, KnownLength {
    private final byte[] head;
    private final EncodedEntries entries;
    private int left;
    /** What is left of a copy, once somebody reads instead of draining. */
    private @Nullable InputStream copy;

    private EncodedReply(byte[] head, EncodedEntries entries) {
        this.head = head;
        this.entries = entries;
        this.left = head.length + entries.size();
    }

    /** Returns the reply without any entries. */
    public static EncodedReply of(MessageLite reply) {
        return of(reply, new EncodedEntries());
    }

    /**
     * Returns a reply that has the entries itself.
     *
     * @param others its other fields
     */
    static EncodedReply of(MessageLite others, EncodedEntries entries) {
        return new EncodedReply(others.toByteArray(), entries);
    }

    /**
     * Returns a reply with a message in which the entries are.
     *
     * @param others the reply's other fields
     * @param field the number of that message's field
     * @param inner that message's other fields
     */
    public static EncodedReply of(MessageLite others, int field, MessageLite inner, EncodedEntries entries) {
        int length = inner.getSerializedSize() + entries.size();
        byte[] head = new byte
                [others.getSerializedSize()
                        + CodedOutputStream.computeTagSize(field)
                        + CodedOutputStream.computeUInt32SizeNoTag(length)
                        + inner.getSerializedSize()];
        CodedOutputStream out = CodedOutputStream.newInstance(head);
        try {
            others.writeTo(out);
            out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
            out.writeUInt32NoTag(length);
            inner.writeTo(out);
            out.checkNoSpaceLeft();
        } catch (IOException e) {
            throw new UncheckedIOException("an array has no room", e);
        }
        return new EncodedReply(head, entries);
    }

    /** Passes the bytes on to the transport. */
    static final Marshaller<EncodedReply> MARSHALLER = new Marshaller<>() {
        @Override
        public InputStream stream(EncodedReply reply) {
            return reply;
        }

        @Override
        public EncodedReply parse(InputStream stream) {
            throw new UnsupportedOperationException("a gateway reads no replies");
        }
    };

    @Override
    public int available() {
        return left;
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
        int drained = left;
        if (copy == null) {
            writeTo(target);
        } else {
            copy.transferTo(target);
        }
        copy = InputStream.nullInputStream();
        left = 0;
        return drained;
    }

    @Override
    public int read() throws IOException {
        int next = copied().read();
        left -= next < 0 ? 0 : 1;
        return next;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        int some = copied().read(into, offset, length);
        left -= Math.max(0, some);
        return some;
    }

    /** Used by readers other than gRPC's server, which drains. */
    private InputStream copied() throws IOException {
        InputStream present = copy;
        if (present == null) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(left);
            writeTo(bytes);
            present = new ByteArrayInputStream(bytes.toByteArray());
            copy = present;
        }
        return present;
    }

    private void writeTo(OutputStream target) throws IOException {
        target.write(head);
        entries.writeTo(target);
    }
}

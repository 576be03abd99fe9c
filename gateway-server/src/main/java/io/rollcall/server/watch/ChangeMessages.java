package io.rollcall.server.watch;

import com.google.protobuf.CodedOutputStream;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.registry.LogEntry;
import io.rollcall.server.registry.grpc.RegistryMessages;
import io.rollcall.v1.WatchChange;
import io.rollcall.v1.WatchChanges;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Encodes changes as entries of {@link WatchChanges}. The encodings of the latest {@value #KEPT} changes are kept for
 * {@link RegistryMessages#KEPT_NANOS}, so that a change is encoded once, however many watchers its namespace has.
 * Thread-safe.
 */
final class ChangeMessages {
    private static final int KEPT = 1 << 10;

    private final RegistryMessages messages;
    private final LongSupplier nanos;
    private final AtomicReferenceArray<@Nullable Encoded> kept = new AtomicReferenceArray<>(KEPT);

    /** @param nanos the monotonic clock */
    ChangeMessages(RegistryMessages messages, LongSupplier nanos) {
        this.messages = messages;
        this.nanos = nanos;
    }

    private static final class Encoded {
        final LogEntry entry;
        final long madeAtNanos;
        final byte[] bytes;

        Encoded(LogEntry entry, long madeAtNanos, byte[] bytes) {
            this.entry = entry;
            this.madeAtNanos = madeAtNanos;
            this.bytes = bytes;
        }
    }

    /** Returns the change as an entry of {@link WatchChanges}, its tag and length included; must not be changed. */
    @SuppressWarnings("ReferenceEquality") // another entry of that slot is another object
    byte[] encoded(NamespaceName namespace, LogEntry entry) {
        int slot = (namespace.hashCode() + Long.hashCode(entry.revision())) & (KEPT - 1);
        Encoded known = kept.get(slot);
        long now = nanos.getAsLong();
        if (known == null || known.entry != entry || now - known.madeAtNanos >= RegistryMessages.KEPT_NANOS) {
            known = new Encoded(entry, now, encode(messages.change(namespace, entry.change())));
            kept.set(slot, known);
        }
        return known.bytes;
    }

    private static byte[] encode(WatchChange change) {
        byte[] bytes = new byte[CodedOutputStream.computeMessageSize(WatchChanges.CHANGES_FIELD_NUMBER, change)];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            out.writeMessage(WatchChanges.CHANGES_FIELD_NUMBER, change);
            out.checkNoSpaceLeft();
        } catch (IOException e) {
            throw new UncheckedIOException("an array has no room", e);
        }
        return bytes;
    }
}

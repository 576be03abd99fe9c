package io.rollcall.server.store;

import io.rollcall.server.registry.LogEntry;
import io.rollcall.server.registry.RegistryStore;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * Which log entries of one namespace a store keeps: the latest {@link RegistryStore#HELD_ENTRIES}, and no more of them than
 * {@link RegistryStore#HELD_BYTES} together. Used by one thread at a time.
 */
final class HeldEntries {
    private final Deque<Integer> sizes = new ArrayDeque<>();
    private long bytes;
    private long next = 1;

    /** One that was kept before; oldest first. */
    void held(long revision, int size) {
        next = revision;
        add(size);
    }

    /**
     * Adds log entries, and lets the oldest go.
     *
     * @param entries at least one
     * @return the revision of the first that is kept
     */
    long add(List<LogEntry> entries, ToIntFunction<LogEntry> size) {
        next = entries.get(0).revision();
        entries.forEach(entry -> add(size.applyAsInt(entry)));
        while (sizes.size() > RegistryStore.HELD_ENTRIES || bytes > RegistryStore.HELD_BYTES) {
            bytes -= sizes.removeFirst();
        }
        return next - sizes.size();
    }

    private void add(int size) {
        sizes.addLast(size);
        bytes += size;
        next++;
    }
}

package io.rollcall.server.store;

import io.rollcall.server.registry.LogEntry;
import io.rollcall.server.registry.RegistryStore;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * Tracks the log entries of one namespace that a store keeps: the latest {@link RegistryStore#HELD_ENTRIES}, of at most
 * {@link RegistryStore#HELD_BYTES} in total. Used by one thread at a time.
 */
final class HeldEntries {
    private final Deque<Integer> sizes = new ArrayDeque<>();
    private long bytes;
    private long next = 1;

    /** Adds an entry already in the store; oldest first. */
    void held(long revision, int size) {
        next = revision;
        add(size);
    }

    /**
     * Adds log entries and drops the oldest.
     *
     * @param entries at least one
     * @return the revision of the first entry kept
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

package io.rollcall.server.store;

import io.rollcall.server.registry.RegistryStore;
import io.rollcall.server.registry.Step;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * Which steps of one namespace a store keeps: the latest {@link RegistryStore#HELD_STEPS}, and no more of them than
 * {@link RegistryStore#HELD_BYTES} together. Used by one thread at a time.
 */
final class HeldSteps {
    private final Deque<Integer> sizes = new ArrayDeque<>();
    private long bytes;
    private long next = 1;

    /** One that was kept before; oldest first. */
    void held(long revision, int size) {
        next = revision;
        add(size);
    }

    /**
     * Adds steps, and lets the oldest go.
     *
     * @param steps at least one
     * @return the revision of the first that is kept
     */
    long add(List<Step> steps, ToIntFunction<Step> size) {
        next = steps.get(0).revision();
        steps.forEach(step -> add(size.applyAsInt(step)));
        while (sizes.size() > RegistryStore.HELD_STEPS || bytes > RegistryStore.HELD_BYTES) {
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

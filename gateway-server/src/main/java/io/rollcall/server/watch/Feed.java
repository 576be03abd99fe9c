package io.rollcall.server.watch;

import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.registry.LogEntry;
import io.rollcall.server.registry.NamespaceState;
import io.rollcall.server.registry.RegistryListener;
import io.rollcall.server.registry.RegistryStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;

/**
 * Sends the changes of each namespace to its watchers. Listens to the registry. Thread-safe.
 *
 * <p>The registry's writer appends to a {@link History} and continues; the pool's threads send, each stream from one
 * thread at a time, and only when its watcher is ready.
 */
public final class Feed implements RegistryListener, AutoCloseable {
    private static final Duration IDLE = Duration.ofSeconds(15);

    private final Map<NamespaceName, History> histories = new ConcurrentHashMap<>();
    private final int held;
    private final long heldBytes;
    private final ToIntFunction<NamespaceName> mostWatchers;
    private final long idleNanos;
    private final Executor pool;
    private final LongSupplier nanos;

    /**
     * Holds the latest {@link RegistryStore#HELD_ENTRIES} changes of a namespace, up to {@link
     * RegistryStore#HELD_BYTES}, for watchers, which receive a message about every 15 s or more often.
     *
     * @param mostWatchers the limit for a namespace
     * @param pool sends; must take tasks until the registry is closed
     * @param nanos the monotonic clock
     */
    public Feed(ToIntFunction<NamespaceName> mostWatchers, Executor pool, LongSupplier nanos) {
        this(RegistryStore.HELD_ENTRIES, RegistryStore.HELD_BYTES, mostWatchers, IDLE, pool, nanos);
    }

    Feed(
            int held,
            long heldBytes,
            ToIntFunction<NamespaceName> mostWatchers,
            Duration idle,
            Executor pool,
            LongSupplier nanos) {
        this.held = held;
        this.heldBytes = heldBytes;
        this.mostWatchers = mostWatchers;
        this.idleNanos = idle.toNanos();
        this.pool = pool;
        this.nanos = nanos;
    }

    @Override
    public void begin(NamespaceName namespace, NamespaceState state, List<LogEntry> entries) {
        histories.put(
                namespace,
                new History(state, entries, held, heldBytes, () -> mostWatchers.applyAsInt(namespace), pool));
    }

    /** Ends its watchers' streams, unless the withdrawal of their credentials already has. */
    @Override
    public void end(NamespaceName namespace) {
        History history = histories.remove(namespace);
        if (history != null) {
            history.close(Refusal.CREDENTIAL_WITHDRAWN.because("this namespace is no longer served"));
        }
    }

    @Override
    public void committed(NamespaceName namespace, NamespaceState after, List<LogEntry> entries) {
        History history = histories.get(namespace);
        if (history != null) { // null: it has just ended
            history.append(after, entries);
        }
    }

    /** Sends progress to watchers that have received nothing for a while. Call it every few seconds. */
    public void markProgress() {
        long now = nanos.getAsLong();
        histories.values().forEach(history -> history.subscriptions()
                .forEach(subscription -> subscription.markProgress(now, idleNanos)));
    }

    /** Ends all streams with the reason, and accepts no more. Does not wait. */
    @Override
    public void close() {
        RefusedException down = Refusal.SHUTTING_DOWN.because("the gateway is shutting down; resume elsewhere");
        histories.values().forEach(history -> history.close(down));
    }

    /** Adds a watcher and sends it what it lacks. */
    Subscription subscribe(NamespaceName namespace, ResumePoint from, WatchSink sink) {
        History history = of(namespace);
        Subscription subscription = new Subscription(history, from, sink, pool, nanos);
        history.admit(subscription);
        return subscription;
    }

    private History of(NamespaceName namespace) {
        History history = histories.get(namespace);
        if (history == null) {
            throw Refusal.NOT_PERMITTED.because("namespace: not served by this gateway");
        }
        return history;
    }
}

package io.rollcall.server.watch;

import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.registry.LogEntry;
import io.rollcall.server.registry.NamespaceState;
import io.rollcall.server.watchdog.OutOfMemory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The latest changes of one namespace and its watchers. All watchers share it; each has only a cursor into it.
 *
 * <pre>
 *   room for 4, at revision 9:   ring  [ 8 | 9 | 6 | 7 ]   forgotten up to 5
 *
 *   cursor 9   nothing new
 *   cursor 6   7, 8, 9
 *   cursor 4   5 is not held any more: resync
 * </pre>
 *
 * Its number of changes and their total size are bounded: the oldest are dropped first.
 *
 * <p>Threads: the registry's writer {@link #append appends}, which copies a batch and submits one task to the pool,
 * however many watchers there are; that task submits one for each {@value #GROUP} watchers. Any thread reads. State and ring change together, so that no change can fall between
 * a snapshot and the first change after it.
 */
final class History {
    private static final Logger log = LoggerFactory.getLogger(History.class);

    private static final int GROUP = 32;
    private static final Duration RETRY_WHEN_FULL = Duration.ofSeconds(10);

    private final Executor pool;
    private final IntSupplier mostSubscriptions;
    private final @Nullable LogEntry[] ring;
    private final long mostBytes;
    private final Set<Subscription> subscriptions = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean isWaking = new AtomicBoolean();

    private NamespaceState state; // guarded by this, like what follows
    private long forgotten;
    private long bytes;
    private @Nullable RefusedException closed;

    /**
     * @param entries the known log entries up to the state
     * @param held the most changes kept
     * @param mostBytes the limit of their total size
     */
    History(
            NamespaceState state,
            List<LogEntry> entries,
            int held,
            long mostBytes,
            IntSupplier mostSubscriptions,
            Executor pool) {
        this.state = state;
        this.forgotten = state.revision() - entries.size();
        this.ring = new LogEntry[held];
        this.mostBytes = mostBytes;
        entries.forEach(this::hold);
        this.mostSubscriptions = mostSubscriptions;
        this.pool = pool;
    }

    void append(NamespaceState after, List<LogEntry> entries) {
        synchronized (this) {
            long last = state.revision();
            for (LogEntry entry : entries) {
                if (entry.revision() != ++last) {
                    log.error("revision {} came where {} was due; all watchers resync", entry.revision(), last);
                    forgetTo(after.revision());
                    break;
                }
                hold(entry);
            }
            state = after;
        }
        if (isWaking.compareAndSet(false, true)) {
            pool.execute(this::wakeAll);
        }
    }

    private void hold(LogEntry entry) {
        forgetTo(entry.revision() - ring.length);
        ring[slot(entry.revision())] = entry;
        bytes += entry.heldBytes();
        while (bytes > mostBytes) {
            forgetTo(forgotten + 1);
        }
    }

    private void forgetTo(long revision) {
        for (; forgotten < revision; forgotten++) {
            int oldest = slot(forgotten + 1);
            LogEntry entry = ring[oldest];
            if (entry != null) {
                bytes -= entry.heldBytes();
                ring[oldest] = null;
            }
        }
    }

    /** Runs the subscriptions in groups: a task for each would cost about as much as what it sends. */
    private void wakeAll() {
        isWaking.set(false); // first: later appends request another round
        List<Subscription> group = new ArrayList<>(GROUP);
        for (Subscription subscription : subscriptions) {
            if (subscription.signal()) {
                group.add(subscription);
            }
            if (group.size() == GROUP) {
                run(group);
                group = new ArrayList<>(GROUP);
            }
        }
        run(group);
    }

    private void run(List<Subscription> group) {
        if (!group.isEmpty()) {
            pool.execute(() -> group.forEach(History::runOne));
        }
    }

    private static void runOne(Subscription subscription) {
        try {
            subscription.run();
        } catch (RuntimeException | Error e) {
            OutOfMemory.endProcessIf(e);
            // Whatever it is: the other watchers of the group must be served.
            log.error("a watcher could not be served", e);
        }
    }

    /** Returns the state at the end of the history: the next change follows its revision. */
    synchronized NamespaceState state() {
        return state;
    }

    /**
     * Returns the changes after {@code revision}, oldest first.
     *
     * @return an empty list if nothing is newer; empty if the next change is no longer held
     */
    synchronized Optional<List<LogEntry>> after(long revision, int most) {
        if (revision < forgotten) {
            return Optional.empty();
        }
        List<LogEntry> entries = new ArrayList<>();
        for (long next = revision + 1; next <= state.revision() && entries.size() < most; next++) {
            entries.add(Objects.requireNonNull(ring[slot(next)]));
        }
        return Optional.of(entries);
    }

    /** Returns whether all changes after that revision are held. */
    synchronized boolean holdsAfter(long revision) {
        return revision >= forgotten;
    }

    /** @throws io.rollcall.server.failure.RefusedException if there are too many, or it is closed */
    synchronized void admit(Subscription subscription) {
        if (closed != null) {
            throw closed;
        }
        if (subscriptions.size() >= mostSubscriptions.getAsInt()) {
            throw Refusal.TOO_MANY_WATCHERS
                    .because("watchers: " + subscriptions.size()
                            + " of this namespace are there already (expected: fewer" + " than "
                            + mostSubscriptions.getAsInt() + ")")
                    .retryAfter(RETRY_WHEN_FULL);
        }
        subscriptions.add(subscription);
    }

    void release(Subscription subscription) {
        subscriptions.remove(subscription);
    }

    Set<Subscription> subscriptions() {
        return subscriptions;
    }

    /** Ends all subscriptions with this reason, and accepts no more. */
    void close(RefusedException why) {
        synchronized (this) {
            closed = why;
        }
        subscriptions.forEach(subscription -> subscription.end(why));
    }

    private int slot(long revision) {
        return (int) (revision % ring.length);
    }
}

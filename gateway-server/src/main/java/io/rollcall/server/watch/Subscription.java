package io.rollcall.server.watch;

import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.registry.LogEntry;
import io.rollcall.server.registry.NamespaceState;
import io.rollcall.server.watchdog.OutOfMemory;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One watcher: a cursor into the shared history, and at most one snapshot under way. It has no queue, so a watcher that
 * does not read costs only one message (W2); when the history has moved past its cursor or its snapshot, it must resync
 * (W1).
 *
 * <p>Threads: any thread {@link #wake wakes} it; one thread of the pool at a time sends while the sink is ready.
 */
final class Subscription {
    private static final Logger log = LoggerFactory.getLogger(Subscription.class);
    private static final int BATCH = 256;

    private final History history;
    private final WatchSink sink;
    private final Executor pool;
    private final LongSupplier nanos;
    private final AtomicInteger signals = new AtomicInteger();

    private long cursor;
    private @Nullable String resyncBecause;
    private @Nullable NamespaceState snapshot;
    private int lastNode;

    private volatile boolean isProgressDue;
    private volatile long lastSent;
    private volatile boolean isOver;
    private volatile @Nullable RefusedException refusal;

    Subscription(History history, ResumePoint from, WatchSink sink, Executor pool, LongSupplier nanos) {
        this.history = history;
        this.sink = sink;
        this.pool = pool;
        this.nanos = nanos;
        this.lastSent = nanos.getAsLong();
        this.cursor = from.after().orElse(-1);
        this.resyncBecause = from.resyncBecause().orElse(null);
        this.isProgressDue = from.after().isPresent(); // a watcher that resumes without a gap is told so at once
    }

    /** Schedules sending, after a change or when the sink becomes ready. Never waits. */
    void wake() {
        if (signal()) {
            pool.execute(this::run);
        }
    }

    /** Notes that there may be something to send. Returns whether the caller must {@link #run} it, on the pool. */
    boolean signal() {
        return signals.getAndIncrement() == 0;
    }

    void markProgress(long now, long idleNanos) {
        if (now - lastSent >= idleNanos) {
            isProgressDue = true;
            wake();
        }
    }

    /** Ends the subscription because the watcher has left. */
    void end() {
        isOver = true;
        history.release(this);
    }

    /** Ends the watcher's stream with this reason. */
    void end(RefusedException why) {
        refusal = why;
        wake();
    }

    /** Sends what there is. Call it once for each {@link #signal} that returned true. */
    void run() {
        int seen;
        do {
            seen = signals.get();
            try {
                sendWhileReady();
            } catch (RejectedExecutionException e) {
                log.debug("the port closed before a watcher was told", e);
                end();
            } catch (RuntimeException | Error e) {
                end();
                sink.refuse(refusalFor(e));
            }
        } while (signals.addAndGet(-seen) != 0);
    }

    private static RefusedException refusalFor(Throwable thrown) {
        if (OutOfMemory.endProcessOrRefuse(thrown)) {
            return RefusedException.noMemory();
        }
        log.error("a watcher's stream failed", thrown);
        return Refusal.INTERNAL.because("the gateway failed to go on with this stream; resume it");
    }

    private void sendWhileReady() {
        while (!isOver) {
            RefusedException why = refusal;
            if (why != null) {
                end();
                sink.refuse(why);
                return;
            }
            dropOutdatedSnapshot();
            if (!sink.isReady() || !sendNext()) {
                return;
            }
            isProgressDue = false;
            lastSent = nanos.getAsLong();
        }
    }

    /** @return whether there was anything to send */
    private boolean sendNext() {
        if (snapshot != null) {
            sendPart(snapshot);
            return true;
        }
        if (cursor < 0) {
            beginSnapshot();
            return true;
        }
        Optional<List<LogEntry>> entries = history.after(cursor, BATCH);
        if (entries.isEmpty()) {
            resync(cursor);
            return sendNext();
        }
        if (!entries.get().isEmpty()) {
            cursor = sink.changes(entries.get()).revision();
            return true;
        }
        NamespaceState now = history.state();
        if (isProgressDue && now.revision() == cursor) {
            sink.progress(now);
            return true;
        }
        return false;
    }

    /**
     * Drops a snapshot whose following changes are no longer held: the watcher would have to resync after it anyway. So
     * it is told at once, and no outdated state is kept in memory.
     */
    private void dropOutdatedSnapshot() {
        NamespaceState under = snapshot;
        if (under != null && !history.holdsAfter(under.revision())) {
            snapshot = null;
            resync(under.revision());
        }
    }

    /** Returns whether it keeps a whole state in memory. For tests, while nothing runs. */
    boolean holdsState() {
        return snapshot != null;
    }

    private void resync(long after) {
        resyncBecause = "the changes after revision " + after + " are not held any more";
        cursor = -1;
    }

    /** Begins a snapshot of the current state. An announced snapshot begins once the announcement has been sent. */
    private void beginSnapshot() {
        NamespaceState state = history.state();
        String reason = resyncBecause;
        if (reason == null) {
            snapshot = state;
            lastNode = 0;
            sendPart(state);
        } else {
            sink.resync(reason, state);
            resyncBecause = null;
        }
    }

    /** Sends a part of the snapshot. After the last part, sets the cursor to the revision of this state. */
    private void sendPart(NamespaceState state) {
        OptionalInt last = sink.snapshot(state, lastNode);
        if (last.isPresent()) {
            lastNode = last.getAsInt();
        } else {
            cursor = state.revision();
            snapshot = null;
        }
    }
}

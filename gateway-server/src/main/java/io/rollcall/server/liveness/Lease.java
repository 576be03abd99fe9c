package io.rollcall.server.liveness;

import io.rollcall.server.failure.Refusal;
import io.rollcall.server.namespace.Session;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * One session's lease: when it was last heard from, and whether it runs.
 *
 * <pre>
 *              sealIf (the sweep)             end (its commit)
 *   running ───────────────────────▶ sealed ──────────────────▶ ended
 *      ▲ ◀───────────────────────────── unseal (that failed)      ▲
 *      └──────────────────────────────────────────────────────────┘ end (removed, replaced)
 * </pre>
 *
 * A sealed lease is about to expire: the outcome is known once the expiry is committed or has failed. A heartbeat that
 * arrives meanwhile waits for the outcome, and counts if the lease continues. So no heartbeat is acknowledged after a
 * committed expiry (T2), and no node is failed by an uncommitted one (D2).
 *
 * <p>Threads: heartbeats of many threads and the sweep share one number, whose two lowest bits are the state (so beats
 * have a resolution of 4 ns). {@link #beat} and {@link #sealIf} are both a compare-and-set on it: of a late heartbeat
 * and a seal exactly one wins. Only operations on a sealed lease take its lock, for a few instructions.
 */
final class Lease {
    private static final long ENDED = 1;
    private static final long SEALED = 2;
    private static final long STATE = ENDED | SEALED;

    /** Whether the node is suspected, by the last committed change. */
    private static final long SUSPECTED = 1;

    /**
     * Limit of heartbeats that wait for one seal's outcome: a client sends one at a time and retries after its
     * deadline.
     */
    static final int MOST_WAITING = 8;

    private static final AtomicLongFieldUpdater<Lease> LAST_BEAT =
            AtomicLongFieldUpdater.newUpdater(Lease.class, "lastBeat");

    private static final AtomicLongFieldUpdater<Lease> SUSPECTED_BEAT =
            AtomicLongFieldUpdater.newUpdater(Lease.class, "suspectedBeat");

    private final Session session;
    /** With the state; through {@link #LAST_BEAT}, as an AtomicLong for each lease would take memory. */
    private volatile long lastBeat;

    private volatile long endedAt;
    /**
     * The last beat when the sweep suspected the node, with {@link #SUSPECTED}, which the writer sets; through {@link
     * #SUSPECTED_BEAT}.
     */
    private volatile long suspectedBeat;

    private volatile @Nullable BrokenStream brokenStream;
    /** Oldest first; guarded by this. Null: none, as always unless sealed. */
    private @Nullable Deque<Waiting> waiting;

    /** @param now see {@link Ticker}; the lease starts with its full time */
    Lease(Session session, long now) {
        this.session = session;
        this.lastBeat = now & ~STATE;
        this.suspectedBeat = now & ~STATE;
    }

    /** The result of a heartbeat. */
    enum Beat {
        /** The lease runs and was renewed. */
        COUNTS,
        /** The outcome is not known yet; see {@link #await}. */
        WAITS,
        /** The lease has ended for good. */
        TOO_LATE
    }

    /** A heartbeat that came while the lease was sealed. */
    private record Waiting(long beat, CompletableFuture<Boolean> counts) {}

    /**
     * A stream that ended without the session leaving.
     *
     * @param beat the last heartbeat received on it
     * @param at when it broke, on the monotonic clock
     */
    record BrokenStream(long beat, long at) {}

    Session session() {
        return session;
    }

    boolean hasEnded() {
        return (lastBeat & ENDED) != 0;
    }

    /** Returns whether the lease is neither sealed nor ended. */
    boolean isRunning() {
        return (lastBeat & STATE) == 0;
    }

    boolean isSealed() {
        return (lastBeat & STATE) == SEALED;
    }

    /** Records whether the node is suspected, once that is committed. */
    void suspected(boolean isSuspectedNow) {
        SUSPECTED_BEAT.updateAndGet(this, beat -> isSuspectedNow ? beat | SUSPECTED : beat & ~SUSPECTED);
    }

    boolean isSuspected() {
        return (suspectedBeat & SUSPECTED) != 0;
    }

    /** Returns when the end was committed; only after {@link #end}. */
    long endedAt() {
        return endedAt;
    }

    /** Returns the time of the last heartbeat, whether the lease has ended or not; see {@link Ticker}. */
    long lastBeat() {
        return lastBeat & ~STATE;
    }

    /** Records a heartbeat. */
    Beat beat(long now) {
        long before = lastBeat;
        while ((before & STATE) == 0) {
            // Beats of two threads may arrive in either order; the later time counts.
            if (now - before <= 0 || LAST_BEAT.compareAndSet(this, before, now & ~STATE)) {
                return Beat.COUNTS;
            }
            before = lastBeat;
        }
        return (before & ENDED) == 0 ? Beat.WAITS : Beat.TOO_LATE;
    }

    /**
     * Records a heartbeat and completes with whether it counts: at once, or when the seal's outcome is known, on the
     * thread that determines it. If more than {@value #MOST_WAITING} wait for one outcome, the oldest is refused.
     */
    CompletableFuture<Boolean> await(long now) {
        CompletableFuture<Boolean> counts = new CompletableFuture<>();
        Waiting dropped = null;
        synchronized (this) {
            Beat found = beat(now);
            if (found != Beat.WAITS) {
                counts.complete(found == Beat.COUNTS);
            } else {
                Deque<Waiting> queue = waiting == null ? new ArrayDeque<>(1) : waiting;
                queue.add(new Waiting(now, counts));
                dropped = queue.size() > MOST_WAITING ? queue.remove() : null;
                waiting = queue;
            }
        }
        if (dropped != null) {
            dropped.counts()
                    .completeExceptionally(Refusal.STORE_UNAVAILABLE.because(
                            "whether the lease has expired is not decided yet; send the heartbeat again"));
        }
        return counts;
    }

    /** Returns the nanoseconds since the last heartbeat, pauses included, whether ended or not; for display. */
    long silence(long now) {
        return Math.max(0, now - lastBeat());
    }

    /** Seals a running lease if its last beat is too long ago. Returns whether this call did. */
    boolean sealIf(LongPredicate isTooLongAgo) {
        long beat = lastBeat;
        while ((beat & STATE) == 0) {
            if (!isTooLongAgo.test(beat)) {
                return false;
            }
            if (LAST_BEAT.compareAndSet(this, beat, beat | SEALED)) {
                return true;
            }
            // A concurrent beat or end changed it: evaluate the new value.
            beat = lastBeat;
        }
        return false;
    }

    /** Reopens the lease after a failed expiry commit; the waiting heartbeats count. No effect if not sealed. */
    void unseal() {
        List<Waiting> told;
        synchronized (this) {
            long sealed = lastBeat;
            if ((sealed & STATE) != SEALED) {
                return;
            }
            long last = sealed & ~STATE;
            told = takeWaiting();
            for (Waiting one : told) {
                last = one.beat() - last > 0 ? one.beat() & ~STATE : last;
            }
            lastBeat = last; // no other thread writes while it is sealed and this is locked
        }
        told.forEach(one -> one.counts().complete(true));
    }

    /** Ends the lease after its end was committed, regardless of heartbeats. */
    void end(long now) {
        List<Waiting> told;
        synchronized (this) {
            endedAt = now;
            LAST_BEAT.getAndUpdate(this, beat -> (beat & ~STATE) | ENDED);
            told = takeWaiting();
        }
        told.forEach(one -> one.counts().complete(false));
    }

    private List<Waiting> takeWaiting() {
        Deque<Waiting> told = waiting;
        waiting = null;
        return told == null ? List.of() : List.copyOf(told);
    }

    /** Records the beat for which the node is about to be suspected, if the predicate holds. On the sweep's thread. */
    boolean suspectIf(LongPredicate isReason) {
        long beat = lastBeat();
        if (!isReason.test(beat)) {
            return false;
        }
        SUSPECTED_BEAT.updateAndGet(this, before -> beat | (before & SUSPECTED));
        return true;
    }

    /** Returns whether a beat arrived since the node was suspected; nothing else reverts a suspicion (T1). */
    boolean wasHeardSinceSuspected() {
        return lastBeat() != (suspectedBeat & ~SUSPECTED);
    }

    /**
     * Records a broken stream. Ignored if the session was heard elsewhere since: its client has already reconnected.
     *
     * @param beat when the last heartbeat arrived on that stream
     */
    void streamBroke(long beat, long now) {
        long last = beat & ~STATE;
        if (lastBeat() == last) {
            brokenStream = new BrokenStream(last, now);
        }
    }

    /** Returns the broken stream if nothing was heard since; null: none. */
    @Nullable
    BrokenStream brokenStream() {
        BrokenStream broken = brokenStream;
        return broken != null && broken.beat() == lastBeat() ? broken : null;
    }
}

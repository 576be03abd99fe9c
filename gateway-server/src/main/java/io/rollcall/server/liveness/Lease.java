package io.rollcall.server.liveness;

import io.rollcall.server.failure.Refusal;
import io.rollcall.server.namespace.Session;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
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
 * A sealed lease is about to expire: whether it does is known once the expiry is committed, or cannot be. A heartbeat
 * that comes meanwhile waits for that, and counts if the lease runs on. So nobody is acknowledged once an expiry is
 * committed (T2), and nobody is given up for one that was not (D2).
 *
 * <p>Threads: heartbeats of many threads and the sweep meet in one number, whose two lowest bits are the state (so
 * beats are kept to 4 ns). {@link #beat} and {@link #sealIf} are both a compare-and-set on it: of a late heartbeat and
 * a seal exactly one wins. Only what concerns a sealed lease takes its lock, and holds it for a few instructions.
 */
final class Lease {
    private static final long ENDED = 1;
    private static final long SEALED = 2;
    private static final long STATE = ENDED | SEALED;

    /** Heartbeats that wait for one seal's outcome: a client sends one at a time, and repeats it after its deadline. */
    static final int MOST_WAITING = 8;

    private final Session session;
    private final AtomicLong lastBeat;
    private volatile long endedAt;
    /** The last beat as it was when the node was suspected; written by the sweep alone. */
    private volatile long suspectedBeat;

    private volatile @Nullable BrokenStream brokenStream;
    /** Oldest first; guarded by this. Empty unless sealed. */
    private final Deque<Waiting> waiting = new ArrayDeque<>(0);

    /** @param now see {@link Ticker}; begins with its full time */
    Lease(Session session, long now) {
        this.session = session;
        this.lastBeat = new AtomicLong(now & ~STATE);
        this.suspectedBeat = now & ~STATE;
    }

    /** What a heartbeat finds. */
    enum Beat {
        /** It counts: the lease runs. */
        COUNTS,
        /** Whether it counts is not known yet; see {@link #await}. */
        WAITS,
        /** The lease has ended, for ever. */
        TOO_LATE
    }

    /** A heartbeat that came while the lease was sealed. */
    private record Waiting(long beat, CompletableFuture<Boolean> counts) {}

    /**
     * A stream that ended without the session leaving.
     *
     * @param beat the last one that came by it
     * @param at when it broke, on the monotonic clock
     */
    record BrokenStream(long beat, long at) {}

    Session session() {
        return session;
    }

    boolean hasEnded() {
        return (lastBeat.get() & ENDED) != 0;
    }

    /** Neither sealed nor ended. */
    boolean isRunning() {
        return (lastBeat.get() & STATE) == 0;
    }

    boolean isSealed() {
        return (lastBeat.get() & STATE) == SEALED;
    }

    /** When the end was committed; only after {@link #end}. */
    long endedAt() {
        return endedAt;
    }

    /** When it was last heard from, ended or not; see {@link Ticker}. */
    long lastBeat() {
        return lastBeat.get() & ~STATE;
    }

    /** Heard from. */
    Beat beat(long now) {
        long before = lastBeat.get();
        while ((before & STATE) == 0) {
            // Beats of two threads may arrive in either order; the later one counts.
            if (now - before <= 0 || lastBeat.compareAndSet(before, now & ~STATE)) {
                return Beat.COUNTS;
            }
            before = lastBeat.get();
        }
        return (before & ENDED) == 0 ? Beat.WAITS : Beat.TOO_LATE;
    }

    /**
     * Heard from, and told whether that counts: at once, or when the seal's outcome is known, on the thread that knows
     * it. Of more than {@value #MOST_WAITING} that wait for one outcome the oldest is refused.
     */
    CompletableFuture<Boolean> await(long now) {
        CompletableFuture<Boolean> counts = new CompletableFuture<>();
        Waiting dropped = null;
        synchronized (this) {
            Beat found = beat(now);
            if (found != Beat.WAITS) {
                counts.complete(found == Beat.COUNTS);
            } else {
                waiting.add(new Waiting(now, counts));
                dropped = waiting.size() > MOST_WAITING ? waiting.remove() : null;
            }
        }
        if (dropped != null) {
            dropped.counts()
                    .completeExceptionally(Refusal.STORE_UNAVAILABLE.because(
                            "whether the lease has expired is not decided yet; send the heartbeat again"));
        }
        return counts;
    }

    /** Nanoseconds since it was last heard from, ended or not, by the clock alone: to be shown. */
    long silence(long now) {
        return Math.max(0, now - lastBeat());
    }

    /** Seals a running lease if its last beat is too long ago. Returns whether this call did. */
    boolean sealIf(LongPredicate isTooLongAgo) {
        long beat = lastBeat.get();
        while ((beat & STATE) == 0) {
            if (!isTooLongAgo.test(beat)) {
                return false;
            }
            if (lastBeat.compareAndSet(beat, beat | SEALED)) {
                return true;
            }
            // Somebody beat or ended it meanwhile: ask again about what it is now.
            beat = lastBeat.get();
        }
        return false;
    }

    /** The expiry will not be committed: the lease runs on, and the heartbeats that waited count. Else harmless. */
    void unseal() {
        List<Waiting> told;
        synchronized (this) {
            long sealed = lastBeat.get();
            if ((sealed & STATE) != SEALED) {
                return;
            }
            long last = sealed & ~STATE;
            for (Waiting one : waiting) {
                last = one.beat() - last > 0 ? one.beat() & ~STATE : last;
            }
            lastBeat.set(last); // nobody else writes while it is sealed and this is locked
            told = takeWaiting();
        }
        told.forEach(one -> one.counts().complete(true));
    }

    /** Its end is committed, whatever was heard. */
    void end(long now) {
        List<Waiting> told;
        synchronized (this) {
            endedAt = now;
            lastBeat.getAndUpdate(beat -> (beat & ~STATE) | ENDED);
            told = takeWaiting();
        }
        told.forEach(one -> one.counts().complete(false));
    }

    private List<Waiting> takeWaiting() {
        List<Waiting> told = new ArrayList<>(waiting);
        waiting.clear();
        return told;
    }

    /** Notes for which beat the node is about to be suspected, if that is reason to. On the sweep's thread. */
    boolean suspectIf(LongPredicate isReason) {
        long beat = lastBeat();
        if (!isReason.test(beat)) {
            return false;
        }
        suspectedBeat = beat;
        return true;
    }

    /** Whether a beat has come since the node was suspected: nothing less takes a suspicion back (T1). */
    boolean wasHeardSinceSuspected() {
        return lastBeat() != suspectedBeat;
    }

    /**
     * A stream broke. That means nothing if the session was heard elsewhere since: its client is back already.
     *
     * @param beat when the last heartbeat came by that stream
     */
    void streamBroke(long beat, long now) {
        long last = beat & ~STATE;
        if (lastBeat() == last) {
            brokenStream = new BrokenStream(last, now);
        }
    }

    /** The stream that broke and after which nothing was heard; null: none. */
    @Nullable
    BrokenStream brokenStream() {
        BrokenStream broken = brokenStream;
        return broken != null && broken.beat() == lastBeat() ? broken : null;
    }
}

package io.rollcall.server.liveness;

import io.rollcall.server.namespace.Session;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * One session's lease: when it was last heard from, and whether it has ended.
 *
 * <p>Threads: heartbeats of many threads, the sweep and the writer meet in one number, whose lowest bit says "ended"
 * (so beats are kept to 2 ns). {@link #beat} and {@link #endIf} are both a compare-and-set on it: of a late heartbeat
 * and an expiry exactly one wins, and once ended it stays ended (T2).
 */
final class Lease {
    private static final long ENDED = 1;

    private final Session session;
    private final AtomicLong lastBeat;
    private volatile long endedAt;
    /** The last beat as it was when the node was suspected; written by the writer alone. */
    private volatile long suspectedBeat;

    private volatile @Nullable BrokenStream brokenStream;

    /** @param now see {@link Ticker}; begins with its full time */
    Lease(Session session, long now) {
        this.session = session;
        this.lastBeat = new AtomicLong(now & ~ENDED);
        this.suspectedBeat = now & ~ENDED;
    }

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

    /** When the end was committed; only after {@link #end}. */
    long endedAt() {
        return endedAt;
    }

    /** When it was last heard from, ended or not; see {@link Ticker}. */
    long lastBeat() {
        return lastBeat.get() & ~ENDED;
    }

    /** Heard from. Returns whether the lease still runs. */
    boolean beat(long now) {
        long before = lastBeat.get();
        while ((before & ENDED) == 0) {
            // Beats of two threads may arrive in either order; the later one counts.
            if (now - before <= 0 || lastBeat.compareAndSet(before, now & ~ENDED)) {
                return true;
            }
            before = lastBeat.get();
        }
        return false;
    }

    /** Nanoseconds since it was last heard from, ended or not, by the clock alone: to be shown. */
    long silence(long now) {
        return Math.max(0, now - lastBeat());
    }

    /** Ends the lease if its last beat is too long ago. Returns whether it has ended. */
    boolean endIf(LongPredicate isTooLongAgo) {
        long beat = lastBeat.get();
        while ((beat & ENDED) == 0) {
            if (!isTooLongAgo.test(beat)) {
                return false;
            }
            if (lastBeat.compareAndSet(beat, beat | ENDED)) {
                return true;
            }
            // Somebody beat or ended it meanwhile: ask again about what it is now.
            beat = lastBeat.get();
        }
        return true;
    }

    /** Ends the lease, whatever was heard. */
    void end(long now) {
        endedAt = now;
        lastBeat.getAndUpdate(beat -> beat | ENDED);
    }

    /** Notes that the node is suspected for its last beat, if that is reason to. On the writer's thread. */
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
        long last = beat & ~ENDED;
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

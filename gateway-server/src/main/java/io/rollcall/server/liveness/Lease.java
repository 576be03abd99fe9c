package io.rollcall.server.liveness;

import io.rollcall.server.namespace.Session;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One session's lease: when it was last heard from, and whether it has ended.
 *
 * <p>Threads: heartbeats of many threads, the sweep and the writer meet in one number, whose lowest bit says "ended"
 * (so beats are kept to 2 ns). {@link #beat} and {@link #endIfSilentFor} are both a compare-and-set on it: of a late
 * heartbeat and an expiry exactly one wins, and once ended it stays ended (T2).
 */
final class Lease {
    private static final long ENDED = 1;

    private final Session session;
    private final AtomicLong lastBeat;
    private volatile long endedAt;

    /** @param now see {@link Ticker}; begins with its full time */
    Lease(Session session, long now) {
        this.session = session;
        this.lastBeat = new AtomicLong(now & ~ENDED);
    }

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

    /** Nanoseconds since it was last heard from, ended or not. */
    long silence(long now) {
        return Math.max(0, now - (lastBeat.get() & ~ENDED));
    }

    /** Ends the lease if it has been silent for longer than {@code timeout} nanoseconds. Returns whether it has ended. */
    boolean endIfSilentFor(long timeout, long now) {
        long beat = lastBeat.get();
        if ((beat & ENDED) != 0) {
            return true;
        }
        return now - beat > timeout && lastBeat.compareAndSet(beat, beat | ENDED);
    }

    /** Ends the lease, whatever was heard. */
    void end(long now) {
        endedAt = now;
        lastBeat.getAndUpdate(beat -> beat | ENDED);
    }
}

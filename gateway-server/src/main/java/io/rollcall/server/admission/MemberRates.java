package io.rollcall.server.admission;

import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.identity.Caller;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The changes that each member of one namespace may make by itself, within those of its namespace: so many a second, and
 * {@value #BURST_SECONDS} seconds' worth at once. Operators are held to their namespace's rate alone: they may have to
 * remove a whole cluster.
 *
 * <p>A member whose allowance is whole again is forgotten, so that there are never more entries than its namespace may
 * make changes in {@value #BURST_SECONDS} seconds. Thread-safe.
 */
final class MemberRates {
    static final int BURST_SECONDS = 60;

    private static final double SECOND = Duration.ofSeconds(1).toNanos();

    private final int perSecond;
    private final LongSupplier nanos;
    private final Map<Caller, Level> levels = new ConcurrentHashMap<>();
    private final AtomicLong sweptAt;

    /** @param nanos the monotonic clock */
    MemberRates(int perSecond, LongSupplier nanos) {
        this.perSecond = perSecond;
        this.nanos = nanos;
        this.sweptAt = new AtomicLong(nanos.getAsLong());
    }

    /** What a member has left, and when that was so. */
    private record Level(double left, long at) {}

    /** Counts a change; what it is refused with, where it is one too many. */
    Optional<RefusedException> take(Caller caller) {
        if (!(caller instanceof Caller.NodeCaller)) {
            return Optional.empty();
        }
        long now = nanos.getAsLong();
        forgetIdle(now);
        boolean[] isTaken = new boolean[1];
        Level after = levels.compute(caller, (member, before) -> {
            double left = before == null ? most() : refilled(before, now);
            isTaken[0] = left >= 1;
            return new Level(isTaken[0] ? left - 1 : left, now);
        });
        if (isTaken[0]) {
            return Optional.empty();
        }
        return Optional.of(Refusal.RATE_EXCEEDED
                .because("changes: more than " + perSecond + " a second of this node, after " + most()
                        + " at once; try again later")
                .retryAfter(Duration.ofNanos((long) ((1 - after.left()) / perSecond * SECOND))));
    }

    private long most() {
        return (long) perSecond * BURST_SECONDS;
    }

    private double refilled(Level level, long now) {
        return Math.min((double) most(), level.left() + (now - level.at()) / SECOND * perSecond);
    }

    private void forgetIdle(long now) {
        long last = sweptAt.get();
        if (now - last >= SECOND && sweptAt.compareAndSet(last, now)) {
            levels.values().removeIf(level -> refilled(level, now) >= most());
        }
    }

    /** How many members are remembered. */
    int size() {
        return levels.size();
    }
}

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
 * Limits the changes of each member of one namespace, within the namespace's own rate: a number per second, and a burst
 * of {@value #BURST_SECONDS} seconds' worth. Only the namespace's rate applies to operators: they may have to remove a
 * whole cluster.
 *
 * <p>Removes a member's entry once its allowance is full again, so there are never more entries than the changes that
 * the namespace may make in {@value #BURST_SECONDS} seconds. Thread-safe.
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

    /** What a member had left, and when. */
    private record Level(double left, long at) {}

    /** Counts a change, and returns the refusal if it exceeds the rate. */
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

package io.rollcall.server.failure;

import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Deadline;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Lets each tenant's refusals out at {@value #PER_SECOND} a second, {@value #BURST} at once before. Whoever is refused
 * and asks again at once, whatever it was told, so gets no faster for it, and costs the others next to nothing: a
 * connection has only so many calls at a time.
 *
 * <pre>
 *   refusals of beta ──▶ 500 go out at once ──▶ the 501st 3 ms later, the 502nd 6 ms … at most 10 s, and before the
 *   refusals of alpha ─▶ at once                caller's own deadline, if that is a second away
 * </pre>
 *
 * Thread-safe; what waits goes out on the scheduler's thread.
 */
public final class RefusalThrottle {
    /** More than a namespace may change by default, or a cluster that starts at once would wait to be told to wait. */
    static final int PER_SECOND = 300;

    static final int BURST = 500;
    private static final long SLOT_NANOS = TimeUnit.SECONDS.toNanos(1) / PER_SECOND;
    private static final long LONGEST_WAIT_NANOS = Duration.ofSeconds(10).toNanos();

    /** So that a caller with a deadline still hears why, rather than nothing. */
    private static final long BEFORE_DEADLINE_NANOS = Duration.ofMillis(100).toNanos();

    /** Who sets a shorter one would get around the pace. */
    private static final long SHORTEST_DEADLINE_NANOS = Duration.ofSeconds(1).toNanos();

    /** Beyond that many, refusals cost less than the memory of those who wait for one. */
    private static final int MOST_WAITING = 20_000;

    private final Function<Attributes, Object> tenant;
    private final LongSupplier nanos;
    private final Later later;
    private final Map<Object, Slots> slots = new ConcurrentHashMap<>();
    private final AtomicInteger waiting = new AtomicInteger();

    /** Runs something after a while, on another thread. */
    @FunctionalInterface
    interface Later {
        void run(Runnable task, long afterNanos);
    }

    /**
     * @param tenant of a connection; one of few, since each is remembered
     * @param nanos the monotonic clock
     * @param scheduler its owner shuts it down
     */
    public RefusalThrottle(
            Function<Attributes, Object> tenant, LongSupplier nanos, ScheduledExecutorService scheduler) {
        this(tenant, nanos, (task, after) -> {
            var unused = scheduler.schedule(task, after, TimeUnit.NANOSECONDS);
        });
    }

    RefusalThrottle(Function<Attributes, Object> tenant, LongSupplier nanos, Later later) {
        this.tenant = tenant;
        this.nanos = nanos;
        this.later = later;
    }

    /** When the next refusal of a tenant is due: the virtual scheduling time of a leaky bucket. */
    private static final class Slots {
        private long next;

        Slots(long now) {
            next = now - BURST * SLOT_NANOS;
        }

        synchronized long take(long now) {
            long due = Math.max(next, now - BURST * SLOT_NANOS);
            if (due - now > LONGEST_WAIT_NANOS) {
                return LONGEST_WAIT_NANOS;
            }
            next = due + SLOT_NANOS;
            return Math.max(0, due - now);
        }
    }

    /** Runs what ends a call that was refused: now, or when its turn comes. */
    void end(Attributes connection, Runnable ending) {
        long now = nanos.getAsLong();
        long wait = slots.computeIfAbsent(tenant.apply(connection), key -> new Slots(now))
                .take(now);
        Deadline deadline = Context.current().getDeadline();
        long left = deadline == null ? 0 : deadline.timeRemaining(TimeUnit.NANOSECONDS);
        if (left >= SHORTEST_DEADLINE_NANOS) {
            wait = Math.min(wait, left - BEFORE_DEADLINE_NANOS);
        }
        if (wait <= 0 || waiting.get() >= MOST_WAITING) {
            ending.run();
        } else {
            endLater(ending, wait);
        }
    }

    private void endLater(Runnable ending, long wait) {
        waiting.incrementAndGet();
        try {
            later.run(
                    () -> {
                        waiting.decrementAndGet();
                        ending.run();
                    },
                    wait);
        } catch (RejectedExecutionException onTheWayDown) {
            waiting.decrementAndGet();
            ending.run();
        }
    }
}

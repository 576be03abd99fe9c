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
 * Paces each tenant's refusals at {@value #PER_SECOND} a second, after a burst of {@value #BURST}. So a caller that
 * ignores the retry delay and retries at once gains nothing, and hardly affects the others, because the open calls of a
 * connection are limited.
 *
 * <pre>
 *   refusals of beta ──▶ 500 go out at once ──▶ the 501st 3 ms later, the 502nd 6 ms … at most 10 s, and before the
 *   refusals of alpha ─▶ at once                caller's own deadline, if that is a second away
 * </pre>
 *
 * Thread-safe; delayed refusals are sent on the scheduler's thread.
 */
public final class RefusalThrottle {
    /**
     * More than the default rate of changes, or the refusals of a cluster that starts at once would be delayed, too.
     */
    static final int PER_SECOND = 300;

    static final int BURST = 500;
    private static final long SLOT_NANOS = TimeUnit.SECONDS.toNanos(1) / PER_SECOND;
    private static final long LONGEST_WAIT_NANOS = Duration.ofSeconds(10).toNanos();

    /** So that a caller with a deadline still gets the reason. */
    private static final long BEFORE_DEADLINE_NANOS = Duration.ofMillis(100).toNanos();

    /** A caller could evade the pace with a shorter deadline. */
    private static final long SHORTEST_DEADLINE_NANOS = Duration.ofSeconds(1).toNanos();

    /** Beyond this number, sending a refusal costs less than the memory of a waiting call. */
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
     * @param tenant maps a connection to its tenant; must have few values, since each is kept
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

    /** Computes when the next refusal of a tenant is due: the virtual scheduling time of a leaky bucket. */
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

    /** Runs the action that ends a refused call, now or when it is due. */
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

package io.rollcall.server.watchdog;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The sign of life of one shared thread: the thread checks in, and the {@link Watchdog} counts the ticks since.
 *
 * <pre>
 *   here ──── works ──── here        counted
 *   rests                            waits for work, which may never come: not counted
 *   whileWaitingFor("the store", …)   waits for a disk: not counted, however long it takes
 * </pre>
 *
 * <p>Threads: one at a time checks in, any other reads; only the watchdog uses the counts.
 */
public final class CheckIn {
    private static final ThreadLocal<CheckIn> CURRENT = new ThreadLocal<>();

    private final String name;
    private final AtomicInteger rounds = new AtomicInteger();
    private volatile @Nullable Thread thread;
    private volatile @Nullable String waitsFor;
    private volatile boolean isResting;
    private int seen;
    private int silentTicks;
    private int deadTicks;

    /** @param name of the thread, for operators */
    public CheckIn(String name) {
        this.name = name;
    }

    public String name() {
        return name;
    }

    /** Returns the thread that checked in last; null: none yet. */
    public @Nullable Thread thread() {
        return thread;
    }

    /** Checks in the current thread. */
    public void here() {
        Thread current = Thread.currentThread();
        if (thread != current) {
            thread = current;
            CURRENT.set(this);
        }
        isResting = false;
        rounds.incrementAndGet();
    }

    /** Marks the thread as idle for an unlimited time. */
    public void rests() {
        isResting = true;
    }

    /**
     * Runs a task that may block for long. If the current thread is watched, the time is not counted. May be nested.
     *
     * @param what completes "it waits for"
     */
    public static void whileWaitingFor(String what, Runnable task) {
        CheckIn current = CURRENT.get();
        if (current == null) {
            task.run();
        } else {
            current.waits(what, task);
        }
    }

    private void waits(String what, Runnable task) {
        String outer = waitsFor;
        waitsFor = what;
        try {
            task.run();
        } finally {
            rounds.incrementAndGet(); // first: otherwise the time until now would count
            waitsFor = outer;
        }
    }

    /** Returns what the thread waits for now; null: nothing. */
    @Nullable
    String waitsFor() {
        return waitsFor;
    }

    /** Counts a tick of the watchdog. */
    void tick() {
        int now = rounds.get();
        boolean isCounted = now == seen && !isResting && waitsFor == null;
        seen = now;
        silentTicks = isCounted ? silentTicks + 1 : 0;
        Thread last = thread;
        deadTicks = last == null || last.isAlive() ? 0 : deadTicks + 1;
    }

    int silentTicks() {
        return silentTicks;
    }

    int deadTicks() {
        return deadTicks;
    }
}

package io.rollcall.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Time that passes when the test says so; the test's thread is the session's. gRPC's threads may ask for the next step.
 */
final class HandTime implements SessionTime {

    private final AtomicLong now = new AtomicLong();
    private volatile Duration delay = Duration.ZERO;
    private volatile Runnable waiting;
    private final List<Duration> sleeps = new ArrayList<>();
    private boolean closed;

    @Override
    public long nanoTime() {
        return now.get();
    }

    @Override
    public void sleep(Duration pause) {
        sleeps.add(pause);
        now.addAndGet(pause.toNanos());
    }

    @Override
    public void next(Duration delay, Runnable task) {
        if (!closed) {
            this.delay = delay;
            this.waiting = task;
        }
    }

    @Override
    public void close() {
        closed = true;
        waiting = null;
    }

    /** Lets the time pass that the session waits for, and does its next step. */
    void pass() {
        Runnable task = waiting;
        if (task == null) {
            throw new AssertionError("the session waits for nothing");
        }
        waiting = null;
        now.addAndGet(delay.toNanos());
        task.run();
    }

    /** How long the session waits for its next step. */
    Duration delay() {
        return delay;
    }

    boolean isIdle() {
        return waiting == null;
    }

    List<Duration> sleeps() {
        return sleeps;
    }
}

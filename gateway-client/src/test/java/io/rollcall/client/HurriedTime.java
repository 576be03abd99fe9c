package io.rollcall.client;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/** A thread of its own that never waits, and remembers how long it should have. */
final class HurriedTime implements SessionTime {

    final List<Duration> delays = new CopyOnWriteArrayList<>();
    private final ExecutorService thread = Executors.newSingleThreadExecutor();

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public void sleep(Duration pause) {
        delays.add(pause);
    }

    @Override
    public void next(Duration delay, Runnable task) {
        delays.add(delay);
        try {
            thread.execute(task);
        } catch (RejectedExecutionException closed) {
            delays.add(Duration.ofNanos(-1)); // nothing is next any more
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}

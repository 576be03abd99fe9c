package io.rollcall.client;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Real time and a daemon thread. */
final class SessionThread implements SessionTime {

    private static final Logger log = LoggerFactory.getLogger(SessionThread.class);
    private static final long PATIENCE_MILLIS = 1000;

    private final ScheduledThreadPoolExecutor executor;
    private volatile @Nullable Thread thread;
    private @Nullable Future<?> waiting;

    SessionThread(String name) {
        executor = new ScheduledThreadPoolExecutor(1, work -> {
            Thread made = new Thread(work, name);
            made.setDaemon(true);
            thread = made;
            return made;
        });
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        executor.setRemoveOnCancelPolicy(true);
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public void sleep(Duration pause) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(pause.toNanos());
    }

    @Override
    public synchronized void next(Duration delay, Runnable task) {
        if (executor.isShutdown()) {
            return;
        }
        if (waiting != null) {
            waiting.cancel(false);
        }
        waiting = executor.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        synchronized (this) {
            if (Thread.currentThread() == thread) {
                executor.shutdown();
                return;
            }
            executor.shutdownNow();
        }
        try {
            if (!executor.awaitTermination(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
                log.warn("A session's listener still runs after the session was closed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

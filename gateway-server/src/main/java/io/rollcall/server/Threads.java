package io.rollcall.server;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that several features are given. Those that belong to one alone (event loops, the registry's writer, the
 * lease sweeper, the audit log's writer, the reloader) are its own.
 */
final class Threads implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Threads.class);
    private static final int WATCH_THREADS = 2;
    private static final int LIST_THREADS = 2;

    /** Timers; whoever is called must return at once. */
    final ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor(daemon("gateway-timers"));

    /** Sweeps connections whose credentials may have ended. */
    final ScheduledExecutorService sweeps = Executors.newSingleThreadScheduledExecutor(daemon("gateway-credentials"));

    /** Waits for token keys, one thread for each address that is slow. */
    final ExecutorService fetchers = Executors.newCachedThreadPool(daemon("gateway-keys"));

    /** Sends changes to watchers. */
    final ExecutorService watchers = Executors.newFixedThreadPool(WATCH_THREADS, daemon("gateway-watch"));

    /** Makes replies with lists of nodes. */
    final ExecutorService lists = Executors.newFixedThreadPool(LIST_THREADS, daemon("gateway-lists"));

    /** Runs a timer's task every so often, also after it has failed. */
    void repeat(Runnable task, Duration every) {
        Runnable whateverHappens = () -> {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                log.error("a task failed; it is run again in {}", every, e);
            }
        };
        var unused = timers.scheduleWithFixedDelay(
                whateverHappens, every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static ThreadFactory daemon(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Finishes what replies and watchers are owed, and drops the rest; does not wait. */
    @Override
    public void close() {
        watchers.shutdown();
        lists.shutdown();
        timers.shutdownNow();
        sweeps.shutdownNow();
        fetchers.shutdownNow();
    }
}

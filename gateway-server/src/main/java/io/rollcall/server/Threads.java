package io.rollcall.server;

import io.rollcall.server.watchdog.SharedPool;
import io.rollcall.server.watchdog.SharedTimer;
import io.rollcall.server.watchdog.Watchdog;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * The threads that several features are given. Those that belong to one alone (event loops, the registry's writer, the
 * lease sweeper, the audit log's writer, the reloader) are its own.
 */
final class Threads implements AutoCloseable {
    private static final int WATCH_THREADS = 2;
    private static final int LIST_THREADS = 2;
    private static final Duration COME_ROUND = Duration.ofSeconds(1);

    /** Timers; whoever is called must return at once. */
    final SharedTimer timers = new SharedTimer("gateway-timers");

    /** Sweeps connections whose credentials may have ended. */
    final SharedTimer sweeps = new SharedTimer("gateway-credentials");

    /** Waits for token keys, one thread for each address that is slow. */
    final ExecutorService fetchers = Executors.newCachedThreadPool(daemon("gateway-keys"));

    /** Sends changes to watchers. */
    final ExecutorService watchers;

    /** Makes replies with lists of nodes. */
    final ExecutorService lists;

    /** A timer's task, and how long it rests in between. */
    record Repeated(Runnable task, Duration every) {}

    /** @param watchdog told of all but the fetchers, who wait for other hosts as long as it takes */
    Threads(Watchdog watchdog) {
        watchers = new SharedPool("gateway-watch", WATCH_THREADS, watchdog);
        lists = new SharedPool("gateway-lists", LIST_THREADS, watchdog);
        repeat(new Repeated(() -> {}, COME_ROUND)); // though there may be nothing to do for longer
        watchdog.watch(timers.checkIn());
        watchdog.watch(sweeps.checkIn());
    }

    /** Runs a timer's task every so often. */
    void repeat(Repeated repeated) {
        long every = repeated.every().toMillis();
        var unused = timers.scheduleWithFixedDelay(repeated.task(), every, every, TimeUnit.MILLISECONDS);
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

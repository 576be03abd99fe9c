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
 * The threads that several features share. Threads used by a single feature (event loops, the registry's writer, the
 * lease sweeper, the audit log's writer, the reloader) belong to that feature.
 */
final class Threads implements AutoCloseable {
    private static final int WATCH_THREADS = 2;
    private static final int LIST_THREADS = 2;
    private static final Duration COME_ROUND = Duration.ofSeconds(1);

    /** Timers; their tasks must return at once. */
    final SharedTimer timers = new SharedTimer("gateway-timers");

    /** Sweeps connections whose credentials may have expired. */
    final SharedTimer sweeps = new SharedTimer("gateway-credentials");

    /** Fetches token keys, with one thread for each slow address. */
    final ExecutorService fetchers = Executors.newCachedThreadPool(daemon("gateway-keys"));

    /** Sends changes to watchers. */
    final ExecutorService watchers;

    /** Builds replies with lists of nodes. */
    final ExecutorService lists;

    /** A timer's task, and the delay between its runs. */
    record Repeated(Runnable task, Duration every) {}

    /** @param watchdog watches all but the fetchers, which may wait long for other hosts */
    Threads(Watchdog watchdog) {
        watchers = new SharedPool("gateway-watch", WATCH_THREADS, watchdog);
        lists = new SharedPool("gateway-lists", LIST_THREADS, watchdog);
        repeat(new Repeated(() -> {}, COME_ROUND)); // so that an idle timer still checks in
        watchdog.watch(timers.checkIn());
        watchdog.watch(sweeps.checkIn());
    }

    /** Runs a timer's task periodically. */
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

    /** Finishes pending replies and changes for watchers, and drops the rest; does not wait. */
    @Override
    public void close() {
        watchers.shutdown();
        lists.shutdown();
        timers.shutdownNow();
        sweeps.shutdownNow();
        fetchers.shutdownNow();
    }
}

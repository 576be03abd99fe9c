package io.rollcall.server.watchdog;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A small thread pool for the work of calls. Each thread is watched while it works, not while it is idle. Waiting in
 * the queue is not watched: the queue may be long under load.
 */
public final class SharedPool extends ThreadPoolExecutor {
    private static final ThreadLocal<CheckIn> WORKER = new ThreadLocal<>();

    /**
     * @param name of its threads, which are daemons and start as they are needed
     * @param watchdog watches them
     */
    public SharedPool(String name, int threads, Watchdog watchdog) {
        super(threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
            Thread thread = new Thread(() -> watched(name, watchdog, work), name);
            thread.setDaemon(true);
            return thread;
        });
    }

    private static void watched(String name, Watchdog watchdog, Runnable work) {
        CheckIn checkIn = new CheckIn(name);
        checkIn.rests();
        WORKER.set(checkIn);
        watchdog.watch(checkIn);
        try {
            work.run();
        } finally {
            watchdog.forget(checkIn); // the pool replaces a thread whose task threw
        }
    }

    @Override
    protected void beforeExecute(Thread thread, Runnable task) {
        WORKER.get().here();
    }

    /** Exceptions of the task also go to the thread's handler of uncaught exceptions. */
    @Override
    protected void afterExecute(Runnable task, @Nullable Throwable thrown) {
        WORKER.get().rests();
        if (thrown != null) {
            OutOfMemory.endProcessIf(thrown);
        }
    }
}

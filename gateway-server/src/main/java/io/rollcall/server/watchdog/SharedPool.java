package io.rollcall.server.watchdog;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A few threads for what calls need done. Each is watched while it works, not while it rests: a queue may be long
 * because much is asked for, so waiting in it proves nothing.
 */
public final class SharedPool extends ThreadPoolExecutor {
    private static final ThreadLocal<CheckIn> WORKER = new ThreadLocal<>();

    /**
     * @param name of its threads, which are daemons and start as they are needed
     * @param watchdog told of them
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

    /** What it throws goes to the thread's handler of uncaught exceptions, too. */
    @Override
    protected void afterExecute(Runnable task, @Nullable Throwable thrown) {
        WORKER.get().rests();
        if (thrown != null) {
            OutOfMemory.endProcessIf(thrown);
        }
    }
}

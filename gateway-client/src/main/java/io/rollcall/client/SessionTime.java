package io.rollcall.client;

import java.time.Duration;

/** A session's time and thread, replaceable in tests. */
interface SessionTime extends AutoCloseable {

    /** Returns a time like {@link System#nanoTime}. */
    long nanoTime();

    /** Pauses the calling thread. */
    void sleep(Duration pause) throws InterruptedException;

    /** Runs {@code task} on the session's thread after {@code delay}, replacing a waiting task. */
    void next(Duration delay, Runnable task);

    /** Drops the waiting task, interrupts the running one unless it is the caller, and waits briefly for its end. */
    @Override
    void close();
}

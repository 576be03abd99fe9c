package io.rollcall.client;

import java.time.Duration;

/** A session's time and thread; a test brings its own. */
interface SessionTime extends AutoCloseable {

    /** As {@link System#nanoTime}. */
    long nanoTime();

    /** Pauses the calling thread. */
    void sleep(Duration pause) throws InterruptedException;

    /** Runs {@code task} on the session's thread after {@code delay}, in place of the one that still waits, if any. */
    void next(Duration delay, Runnable task);

    /**
     * Forgets the waiting task, interrupts the one under way unless it is the caller, and waits a moment for its end.
     */
    @Override
    void close();
}

package io.rollcall.cli;

import java.util.concurrent.CountDownLatch;

/** Waits until a condition that another thread reports, or until the process is asked to end (Ctrl-C, SIGTERM). */
final class UntilEnded {
    private final CountDownLatch over = new CountDownLatch(1);
    private final CountDownLatch tidied = new CountDownLatch(1);

    void end() {
        over.countDown();
    }

    /**
     * Waits, then tidies up, also when the process is asked to end: it then lasts until {@code tidyUp} has returned.
     */
    void await(Runnable tidyUp) throws InterruptedException {
        Thread hook = new Thread(() -> {
            over.countDown();
            try {
                tidied.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            over.await();
            tidyUp.run();
        } finally {
            tidied.countDown();
        }
    }
}

package io.rollcall.server.watchdog;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Timers and pools whose tasks fail. */
@Timeout(20)
class SharedThreadsTest {
    private final List<String> told = new ArrayList<>();
    private final Watchdog watchdog =
            new Watchdog(1, (culprit, how) -> told.add(culprit.name() + " " + how), Runnable::run, () -> {});

    @Test
    void aTaskThatThrows_comesAgain() throws Exception {
        AtomicInteger rounds = new AtomicInteger();
        CountDownLatch third = new CountDownLatch(3);
        try (Closing<SharedTimer> timer = new Closing<>(new SharedTimer("timer"))) {
            var unused = timer.executor.scheduleWithFixedDelay(
                    () -> {
                        third.countDown();
                        if (rounds.incrementAndGet() == 1) {
                            throw new IllegalStateException("a defect");
                        }
                        throw new StackOverflowError("a defect");
                    },
                    0,
                    1,
                    TimeUnit.MILLISECONDS);
            third.await();
        }
    }

    @Test
    void aTaskThatIsExecutedOnce_leavesTheThreadAlive() throws Exception {
        SynchronousQueue<Thread> threads = new SynchronousQueue<>();
        try (Closing<SharedTimer> timer = new Closing<>(new SharedTimer("timer"))) {
            timer.executor.execute(() -> {
                throw new LinkageError("a defect");
            });
            timer.executor.execute(() -> put(threads, Thread.currentThread()));
            assertThat(threads.take()).isEqualTo(timer.executor.checkIn().thread());
        }
    }

    @Test
    void aTimersTask_thatHangs_isFound() throws Exception {
        CountDownLatch hangs = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        try (Closing<SharedTimer> timer = new Closing<>(new SharedTimer("timer"))) {
            watchdog.watch(timer.executor.checkIn());
            timer.executor.execute(() -> {
                begun.countDown();
                await(hangs);
            });
            begun.await();
            watchdog.tick();
            watchdog.tick();
            assertThat(told).containsExactly("timer has not come round for 1 s");
            hangs.countDown();
        }
    }

    @Test
    void aPoolsThread_isWatchedWhileItWorks() throws Exception {
        CountDownLatch hangs = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        SynchronousQueue<Thread> threads = new SynchronousQueue<>();
        try (Closing<SharedPool> pool = new Closing<>(new SharedPool("pool", 1, watchdog))) {
            pool.executor.execute(() -> put(threads, Thread.currentThread()));
            threads.take();
            pool.executor.execute(begun::countDown);
            begun.await();
            pool.executor.submit(() -> {}).get(); // the one before has certainly been left behind

            CountDownLatch working = new CountDownLatch(1);
            pool.executor.execute(() -> {
                working.countDown();
                await(hangs);
            });
            working.await();
            watchdog.tick();
            watchdog.tick();
            assertThat(told).containsExactly("pool has not come round for 1 s");
            hangs.countDown();
        }
    }

    @Test
    void aPoolsThread_thatRests_isNotMissed() throws Exception {
        try (Closing<SharedPool> pool = new Closing<>(new SharedPool("pool", 1, watchdog))) {
            pool.executor.execute(() -> {});
            awaitCompleted(1, pool.executor);
            for (int i = 0; i < 10; i++) {
                watchdog.tick();
            }
            assertThat(told).isEmpty();
        }
    }

    /** The executor replaces it; the one that ended is nobody's to be missed. */
    @Test
    void aPoolsThread_thatEndedByATask_isForgotten() throws Exception {
        SynchronousQueue<Thread> threads = new SynchronousQueue<>();
        try (Closing<SharedPool> pool = new Closing<>(new SharedPool("pool", 1, watchdog))) {
            pool.executor.execute(() -> put(threads, Thread.currentThread()));
            Thread first = threads.take();
            first.setUncaughtExceptionHandler((thread, thrown) -> {});
            pool.executor.execute(() -> {
                throw new LinkageError("a defect");
            });
            first.join();
            pool.executor.execute(() -> put(threads, Thread.currentThread()));
            assertThat(threads.take()).isNotEqualTo(first);
            awaitCompleted(3, pool.executor);
            for (int i = 0; i < 10; i++) {
                watchdog.tick();
            }
            assertThat(told).isEmpty();
        }
    }

    /** A task counts as completed after its thread rests. (The pool's count of all tasks misses one about to begin.) */
    private static void awaitCompleted(int tasks, SharedPool pool) {
        while (pool.getCompletedTaskCount() < tasks) {
            Thread.onSpinWait();
        }
    }

    private static void put(SynchronousQueue<Thread> queue, Thread thread) {
        try {
            queue.put(thread);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Ends an executor after a test. */
    private record Closing<E extends java.util.concurrent.ExecutorService>(E executor) implements AutoCloseable {
        @Override
        public void close() {
            executor.shutdownNow();
        }
    }
}

package io.rollcall.server;

import io.rollcall.server.registry.RegistryStore;
import io.rollcall.server.testing.ForwardingStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The gateway, but once a file is there one of its threads fails the next time it reads a clock: whatever a shared thread
 * does, it reads one that was given to the gateway. On an event loop, where a call shall be refused, only who asks for the
 * caller fails, not what is told of the refusal. What it does is told on standard output, where it begins.
 */
public final class FailingGateway {
    /** How the names of the threads begin that fail. */
    public static final String THREAD = "FAIL_THREAD";

    /** See {@link How}. */
    public static final String HOW = "FAIL_HOW";

    /** The file that has it begin. */
    public static final String WHEN = "FAIL_WHEN";

    /** Seconds until a thread stands still for the watchdog. */
    public static final String LIMIT = "FAIL_LIMIT";

    private final String thread = System.getenv(THREAD);
    private final How how = How.valueOf(System.getenv(HOW));
    private final boolean isWithinACall = "gateway-net".equals(thread) && how != How.HEAP;
    private volatile boolean isTime;

    /** What befalls the thread. */
    public enum How {
        /** No room on the heap, each time. */
        HEAP(() -> {
            throw new OutOfMemoryError("Java heap space");
        }),
        /** No direct memory, each time. */
        DIRECT(() -> {
            throw new OutOfMemoryError("Cannot reserve 4194304 bytes of direct buffer memory (allocated: 1, limit: 2)");
        }),
        /** A defect, each time. */
        DEFECT(() -> {
            throw new StackOverflowError("in a test");
        }),
        /** It does not return. */
        HANGS(() -> sleep(Long.MAX_VALUE)),
        /** The store's commits take five seconds. */
        SLOW_STORE(() -> {}),
        /** Somebody fills the heap, and keeps the error to itself. */
        FULL_HEAP(() -> {});

        private final Runnable failure;

        How(Runnable failure) {
            this.failure = failure;
        }
    }

    public static void main(String[] arguments) {
        FailingGateway failing = new FailingGateway();
        Thread waiter = new Thread(failing::awaitTime, "test");
        waiter.setDaemon(true);
        waiter.start();
        int limit = Integer.parseInt(System.getenv(LIMIT));
        Main.run(
                arguments,
                config -> Gateway.start(
                        config,
                        Collaborators.real()
                                .clocks(failing.new FailingClock(), failing::nanos)
                                .around(store -> failing.new SlowStore(store))
                                .watchdogLimit(limit)));
    }

    private static void sleep(long seconds) {
        try {
            TimeUnit.SECONDS.sleep(seconds);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void awaitTime() {
        Path when = Path.of(System.getenv(WHEN));
        while (!Files.exists(when)) {
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        isTime = true;
        if (how == How.FULL_HEAP) {
            System.out.println("failing now");
            List<byte[]> held = new ArrayList<>();
            for (int size = 1 << 20; size >= 1 << 10; size >>= 1) {
                hold(held, size);
            }
            sleep(Long.MAX_VALUE);
            held.clear();
        }
    }

    private static void hold(List<byte[]> held, int size) {
        try {
            while (true) {
                held.add(new byte[size]);
            }
        } catch (OutOfMemoryError full) {
            Thread.onSpinWait(); // as a library might that catches everything
        }
    }

    private void perhapsFail() {
        if (isTime
                && Thread.currentThread().getName().startsWith(thread)
                && (!isWithinACall || isAskingForTheCaller())) {
            System.out.println("failing now");
            how.failure.run();
        }
    }

    private static boolean isAskingForTheCaller() {
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame -> frame.getClassName().endsWith(".IdentityInterceptor")));
    }

    private long nanos() {
        perhapsFail();
        return System.nanoTime();
    }

    private final class FailingClock extends Clock {
        private final Clock clock = Clock.systemUTC();

        @Override
        public Instant instant() {
            perhapsFail();
            return clock.instant();
        }

        @Override
        public ZoneId getZone() {
            return clock.getZone();
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    private final class SlowStore extends ForwardingStore {
        SlowStore(RegistryStore store) {
            super(store);
        }

        @Override
        public void commit(List<NamespaceChanges> batch) throws IOException {
            if (isTime && how == How.SLOW_STORE) {
                sleep(5);
            }
            super.commit(batch);
        }
    }
}

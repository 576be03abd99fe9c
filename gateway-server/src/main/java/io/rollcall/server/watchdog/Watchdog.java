package io.rollcall.server.watchdog;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the process when a shared thread has died or is stuck: otherwise callers would wait forever, withdrawn
 * credentials stay valid or leases never end, while the gateway looks healthy.
 *
 * <pre>
 *   tick 1 … 30   the thread did not come round     nothing yet
 *   tick 30       the listener is told              alarm, health NOT_SERVING: callers go elsewhere
 *   tick 33       the process ends                  exit code 1; a supervisor starts it again
 * </pre>
 *
 * Counts ticks, not time: a pause of the whole process (SIGSTOP, a sleeping laptop) is one tick. The end is irrevocable
 * once the listener was called.
 *
 * <p>Threads: a dedicated thread ticks; the listener is called on another, since the cause of a stuck thread may block
 * the listener too (a log that nobody reads). {@link #watch} and {@link #forget} may be called from any thread.
 */
public final class Watchdog implements AutoCloseable {
    /** Ticks (seconds) after which a thread counts as stuck. */
    public static final int LIMIT = 30;

    /** Ticks between the alarm and the end. */
    static final int GRACE = 3;

    /** An executor replaces a dead thread within a tick or two; after this many ticks it is not replaced. */
    static final int DEAD = 3;

    private static final Logger log = LoggerFactory.getLogger(Watchdog.class);
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final int EXIT_CODE = 1;

    /** Larger than any thread-local allocation buffer, so that it comes from the shared heap. */
    private static final int PROBE_BYTES = 256 << 10;

    private final int limit;
    private final Listener listener;
    private final Executor herald;
    private final Runnable end;
    private final List<CheckIn> watched = new CopyOnWriteArrayList<>();
    private final Thread thread = new Thread(this::run, "watchdog");
    private volatile boolean isClosed;
    private int ticksLeft = Integer.MAX_VALUE;

    @SuppressWarnings("unused") // written, so that the allocation is not optimized away
    private volatile byte @Nullable [] probe;

    /** Called once, with the thread because of which the process will end. */
    public interface Listener {
        /**
         * @param culprit the thread that did not check in
         * @param how completes a sentence that begins with the thread's name
         */
        void willEnd(CheckIn culprit, String how);
    }

    /** @param limit ticks (seconds) after which a thread counts as stuck, 1 or more; see {@link #LIMIT} */
    public Watchdog(int limit, Listener listener) {
        this(limit, listener, heraldOfItsOwn(), () -> Runtime.getRuntime().halt(EXIT_CODE));
    }

    Watchdog(int limit, Listener listener, Executor herald, Runnable end) {
        if (limit < 1) {
            throw new IllegalArgumentException("watchdog limit: " + limit + " ticks (expected: 1 or more)");
        }
        this.limit = limit;
        this.listener = listener;
        this.herald = herald;
        this.end = end;
        thread.setDaemon(true);
    }

    private static Executor heraldOfItsOwn() {
        return new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, "watchdog-alarm");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Starts watching a thread. */
    public void watch(CheckIn checkIn) {
        watched.add(checkIn);
    }

    /** Stops watching a thread that ended normally. */
    public void forget(CheckIn checkIn) {
        watched.remove(checkIn);
    }

    /** Starts to tick every second. */
    public void start() {
        if (herald instanceof ThreadPoolExecutor own) {
            own.prestartAllCoreThreads(); // a thread may not be available later
        }
        thread.start();
    }

    private void run() {
        while (!isClosed) {
            try {
                Thread.sleep(TICK.toMillis());
                tick();
                probe = new byte[PROBE_BYTES]; // other code may have swallowed the error: a full heap shows here too
                probe = null;
            } catch (InterruptedException e) {
                return; // closed
            } catch (RuntimeException | Error e) {
                OutOfMemory.endProcessIf(e);
                log.error("a tick of the watchdog failed; the next one follows", e);
            }
        }
    }

    void tick() {
        OutOfMemory.endIfLate();
        if (ticksLeft != Integer.MAX_VALUE) {
            if (--ticksLeft <= 0) {
                end.run();
            }
            return;
        }
        for (CheckIn checkIn : watched) {
            checkIn.tick();
            if (checkIn.deadTicks() >= DEAD) {
                bark(checkIn, "has ended");
                return;
            }
            if (checkIn.silentTicks() >= limit) {
                bark(checkIn, "has not come round for " + limit + " s");
                return;
            }
        }
    }

    private void bark(CheckIn culprit, String how) {
        ticksLeft = GRACE; // first: the process ends even if the listener fails
        herald.execute(() -> listener.willEnd(culprit, how));
    }

    /** Stops watching; does not wait. */
    @Override
    public void close() {
        isClosed = true;
        thread.interrupt();
        if (herald instanceof ThreadPoolExecutor own) {
            own.shutdown();
        }
    }
}

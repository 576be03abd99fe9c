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
 * Ends the process when a shared thread has ended, or stands still: without it callers would wait for ever, withdrawn
 * credentials stay good or leases never end, while the gateway looks well.
 *
 * <pre>
 *   tick 1 … 30   the thread did not come round     nothing yet
 *   tick 30       the listener is told              alarm, health NOT_SERVING: callers go elsewhere
 *   tick 33       the process ends                  exit code 1; a supervisor starts it again
 * </pre>
 *
 * Ticks are counted, not time: when the whole process was paused (SIGSTOP, a laptop that slept), that is one tick. There
 * is no way back once the listener was told.
 *
 * <p>Threads: one of its own ticks; the listener is told on another, since what makes the thread stand still may stop the
 * listener, too (a log that nobody reads). {@link #watch} and {@link #forget} may come from any.
 */
public final class Watchdog implements AutoCloseable {
    /** After which a thread stands still, in ticks of a second. */
    public static final int LIMIT = 30;

    /** Ticks between the alarm and the end. */
    static final int GRACE = 3;

    /** An executor replaces a thread that has ended within a tick or two; where it does not, nobody will. */
    static final int DEAD = 3;

    private static final Logger log = LoggerFactory.getLogger(Watchdog.class);
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final int EXIT_CODE = 1;

    /** More than the rest of any thread's buffer, so that it comes from the heap that all share. */
    private static final int PROBE_BYTES = 256 << 10;

    private final int limit;
    private final Listener listener;
    private final Executor herald;
    private final Runnable end;
    private final List<CheckIn> watched = new CopyOnWriteArrayList<>();
    private final Thread thread = new Thread(this::run, "watchdog");
    private volatile boolean isClosed;
    private int ticksLeft = Integer.MAX_VALUE;

    @SuppressWarnings("unused") // written, so that the allocation is not left out
    private volatile byte @Nullable [] probe;

    /** Hears once of the thread for which the process will end. */
    public interface Listener {
        /**
         * @param culprit who did not come round
         * @param how completes a sentence that begins with the thread's name
         */
        void willEnd(CheckIn culprit, String how);
    }

    /** @param limit ticks (seconds) after which a thread stands still, 1 or more; see {@link #LIMIT} */
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

    /** Counts it from now on. */
    public void watch(CheckIn checkIn) {
        watched.add(checkIn);
    }

    /** It has ended as it should. */
    public void forget(CheckIn checkIn) {
        watched.remove(checkIn);
    }

    /** Ticks every second from now on. */
    public void start() {
        if (herald instanceof ThreadPoolExecutor own) {
            own.prestartAllCoreThreads(); // a thread may not be had later
        }
        thread.start();
    }

    private void run() {
        while (!isClosed) {
            try {
                Thread.sleep(TICK.toMillis());
                tick();
                probe = new byte[PROBE_BYTES]; // somebody may have swallowed the error: a full heap shows here, too
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
        ticksLeft = GRACE; // first: it ends whatever becomes of telling it
        herald.execute(() -> listener.willEnd(culprit, how));
    }

    /** Watches no more; does not wait. */
    @Override
    public void close() {
        isClosed = true;
        thread.interrupt();
        if (herald instanceof ThreadPoolExecutor own) {
            own.shutdown();
        }
    }
}

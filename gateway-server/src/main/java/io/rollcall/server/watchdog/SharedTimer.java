package io.rollcall.server.watchdog;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A single thread for periodic and delayed tasks. A task that throws is logged and repeated as scheduled; a plain
 * executor would drop it silently. The thread checks in with every task.
 */
public final class SharedTimer extends ScheduledThreadPoolExecutor {
    private static final Logger log = LoggerFactory.getLogger(SharedTimer.class);

    private final CheckIn checkIn;

    /** @param name of its thread, which is a daemon and starts with the first task */
    public SharedTimer(String name) {
        super(1, task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
        this.checkIn = new CheckIn(name);
    }

    /** Returns the check-in of its thread, which checks in as often as its most frequent task. */
    public CheckIn checkIn() {
        return checkIn;
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        return super.schedule(guarded(task), delay, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, long initial, long period, TimeUnit unit) {
        return super.scheduleAtFixedRate(guarded(task), initial, period, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long initial, long delay, TimeUnit unit) {
        return super.scheduleWithFixedDelay(guarded(task), initial, delay, unit);
    }

    private Runnable guarded(Runnable task) {
        return () -> {
            checkIn.here();
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                OutOfMemory.endProcessIf(e);
                log.error("{}: a task failed; what comes again is run again", checkIn.name(), e);
            }
            checkIn.here();
        };
    }
}

package io.rollcall.server.liveness;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Records when the gateway itself was paused: stopped, in a long garbage collection, or unable to write its store.
 * Nodes could not be heard or register again then, so that time counts against no lease (T4).
 *
 * <p>The sweep ticks once a period. If a tick comes more than a period late, the gateway was paused from the time it
 * was due until it came:
 *
 * <pre>
 *   ticks        │    │    │    ·  (stopped)        │    │
 *   pause                       ├───────────────────┤
 *   last beat            ×                                ▲ now: silent for the time from × to ▲ without the pause
 * </pre>
 *
 * <p>Leases are not modified: beats stay plain instants, and {@link #since} subtracts the pauses. A pause counts from
 * the instant the tick is overdue, so the result is the same before and after the sweep notices it.
 *
 * <p>Threads: one thread ticks; any thread queries an immutable log.
 */
final class GatewayPauses {
    private final Ticker ticker;
    private final long period;
    private final long memory;
    private volatile Log log;

    /**
     * @param period the expected interval of {@link #tick}
     * @param memory silences up to this long are exact; longer ones may be reported too long, but never below it
     */
    GatewayPauses(Ticker ticker, Duration period, Duration memory) {
        this.ticker = ticker;
        this.period = period.toNanos();
        this.memory = memory.toNanos();
        this.log = new Log(ticker.nanos(), List.of());
    }

    /** A pause of the gateway, on the monotonic clock. */
    private record Pause(long start, long end) {}

    /** @param pauses oldest first, disjoint */
    private record Log(long lastTick, List<Pause> pauses) {}

    long now() {
        return ticker.nanos();
    }

    /** Records that the gateway is running. Called by one thread, once a period. */
    void tick() {
        long now = ticker.nanos();
        Log before = log;
        List<Pause> pauses = before.pauses();
        boolean wasAway = isLate(before, now);
        if (wasAway || !pauses.isEmpty()) {
            List<Pause> kept = new ArrayList<>(pauses);
            if (wasAway) {
                kept.add(new Pause(before.lastTick() + period, now));
            }
            kept.removeIf(pause -> since(before, pause.end(), now) > memory);
            pauses = List.copyOf(kept);
        }
        log = new Log(now, pauses);
    }

    /** Returns the nanoseconds since {@code then} without pauses; never negative. */
    long since(long then) {
        return since(log, then, ticker.nanos());
    }

    /** Returns the number of pauses kept. */
    int remembered() {
        return log.pauses().size();
    }

    private long since(Log at, long then, long now) {
        long age = now - then;
        long away = isLate(at, now) ? overlap(age, now - (at.lastTick() + period), 0) : 0;
        for (int i = at.pauses().size() - 1; i >= 0; i--) {
            Pause pause = at.pauses().get(i);
            if (now - pause.end() >= age) {
                break; // this pause and all earlier ones had ended by then
            }
            away += overlap(age, now - pause.start(), now - pause.end());
        }
        return Math.max(0, age - away);
    }

    private boolean isLate(Log at, long now) {
        return now - at.lastTick() > 2 * period;
    }

    /** All arguments are ages, since the clock itself may overflow. */
    private static long overlap(long age, long startAge, long endAge) {
        return Math.max(0, Math.min(age, startAge) - Math.max(0, endAge));
    }
}

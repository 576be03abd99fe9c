package io.rollcall.server.liveness;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * When the gateway itself was away. It may be stopped, held up by a long collection of garbage, or unable to write its
 * store; nodes could not be heard or register anew then, so that time counts against no lease (T4).
 *
 * <p>The sweep ticks once a period. Where a tick comes more than a period late, the gateway was away from when it was
 * due until it came:
 *
 * <pre>
 *   ticks        │    │    │    ·  (stopped)        │    │
 *   pause                       ├───────────────────┤
 *   last beat            ×                                ▲ now: silent for the time from × to ▲ without the pause
 * </pre>
 *
 * <p>No lease is touched: beats stay plain instants, and {@link #since} leaves the pauses out. A pause counts from the
 * instant the tick is overdue, so whoever asks before the sweep has noticed gets the same answer.
 *
 * <p>Threads: one ticks; any thread asks, and sees an immutable log.
 */
final class GatewayPauses {
    private final Ticker ticker;
    private final long period;
    private final long memory;
    private volatile Log log;

    /**
     * @param period how often {@link #tick} is to come
     * @param memory silences up to this long are told exactly; longer ones may be told too long, but not below it
     */
    GatewayPauses(Ticker ticker, Duration period, Duration memory) {
        this.ticker = ticker;
        this.period = period.toNanos();
        this.memory = memory.toNanos();
        this.log = new Log(ticker.nanos(), List.of());
    }

    /** An absence of the gateway, on the monotonic clock. */
    private record Pause(long start, long end) {}

    /** @param pauses oldest first, disjoint */
    private record Log(long lastTick, List<Pause> pauses) {}

    long now() {
        return ticker.nanos();
    }

    /** The gateway is there. Called by one thread, once a period. */
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

    /** Nanoseconds since {@code then} in which the gateway was there; never negative. */
    long since(long then) {
        return since(log, then, ticker.nanos());
    }

    /** How many pauses are remembered. */
    int remembered() {
        return log.pauses().size();
    }

    private long since(Log at, long then, long now) {
        long age = now - then;
        long away = isLate(at, now) ? overlap(age, now - (at.lastTick() + period), 0) : 0;
        for (int i = at.pauses().size() - 1; i >= 0; i--) {
            Pause pause = at.pauses().get(i);
            if (now - pause.end() >= age) {
                break; // this one and those before it were over by then
            }
            away += overlap(age, now - pause.start(), now - pause.end());
        }
        return Math.max(0, age - away);
    }

    private boolean isLate(Log at, long now) {
        return now - at.lastTick() > 2 * period;
    }

    /** All as ages, since the clock itself may run over. */
    private static long overlap(long age, long startAge, long endAge) {
        return Math.max(0, Math.min(age, startAge) - Math.max(0, endAge));
    }
}

package io.rollcall.server;

import io.rollcall.server.liveness.Ticker;
import io.rollcall.server.registry.RegistryListener;
import io.rollcall.server.registry.RegistryStore;
import io.rollcall.server.watchdog.Watchdog;
import java.time.Clock;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The external dependencies of a gateway, which tests replace.
 *
 * @param clock for displayed times, and the dates of credentials
 * @param ticker for durations and deadlines
 * @param around wraps the store
 * @param last notified of commits after all other listeners, and before the callers are answered
 * @param watchdogLimit seconds after which a thread counts as stuck
 */
record Collaborators(
        Clock clock,
        Ticker ticker,
        UnaryOperator<RegistryStore> around,
        List<RegistryListener> last,
        int watchdogLimit) {

    Collaborators {
        last = List.copyOf(last);
    }

    static Collaborators real() {
        return new Collaborators(
                Clock.systemUTC(), System::nanoTime, UnaryOperator.identity(), List.of(), Watchdog.LIMIT);
    }

    Collaborators around(UnaryOperator<RegistryStore> wrapping) {
        return new Collaborators(clock, ticker, wrapping, last, watchdogLimit);
    }

    Collaborators last(RegistryListener listener) {
        return new Collaborators(clock, ticker, around, List.of(listener), watchdogLimit);
    }

    Collaborators clocks(Clock other, Ticker otherTicker) {
        return new Collaborators(other, otherTicker, around, last, watchdogLimit);
    }

    Collaborators watchdogLimit(int seconds) {
        return new Collaborators(clock, ticker, around, last, seconds);
    }
}

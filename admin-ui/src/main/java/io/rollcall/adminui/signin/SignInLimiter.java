package io.rollcall.adminui.signin;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.Optional;

/**
 * Slows down password guessing without locking out users who know the password.
 *
 * <pre>
 *  each network (IPv4 address, IPv6 /64): 5 attempts, then 2 s, 4 s, 8 s … 15 min between two
 *   ├─ has signed in before ──► nothing else: no stranger's guesses hold it up
 *   └─ has not              ──► the budgets of all strangers:
 *        its first attempt  ──►   500, and one more each second
 *        after a failure    ──►    50, and one more each other second
 *        none left          ──►   told to wait 30 s; then it has its turn, whatever others do
 * </pre>
 *
 * <p>Guesses from many addresses leave the budget of first attempts to an administrator at a new address; exhausting
 * that too delays a new address by 30 seconds. An attempt counts when it begins, so parallel attempts gain nothing.
 * Keeps 10,000 networks for an hour and the last 1,000 that signed in for 30 days, in memory only; after a restart
 * every network is new and the budgets are full. Thread-safe.
 */
final class SignInLimiter {
    private static final int FREE = 5;
    private static final Duration LONGEST = Duration.ofMinutes(15);
    private static final Duration UNTIL_TURN = Duration.ofSeconds(30);
    private static final Duration REMEMBERED = Duration.ofHours(1);
    private static final int NETWORKS = 10_000;
    private static final Duration KNOWN_FOR = Duration.ofDays(30);
    private static final int KNOWN = 1_000;

    private final Ticker ticker;
    private final Cache<String, Failures> failures;
    private final Cache<String, Long> turns;
    private final Cache<String, Boolean> known;
    private final Budget firstAttempts;
    private final Budget furtherAttempts;

    SignInLimiter(Ticker ticker) {
        this.ticker = ticker;
        this.failures = remembering(ticker, NETWORKS, REMEMBERED);
        this.turns = remembering(ticker, NETWORKS, REMEMBERED);
        this.known = remembering(ticker, KNOWN, KNOWN_FOR);
        this.firstAttempts = new Budget(500, Duration.ofSeconds(1), ticker.read());
        this.furtherAttempts = new Budget(50, Duration.ofSeconds(2), ticker.read());
    }

    /**
     * Counts an attempt, or returns how long to wait before the next.
     *
     * @param network a name from {@code ClientNetwork}, or another key to count attempts for
     */
    synchronized Optional<Duration> attempt(String network) {
        long now = ticker.read();
        Failures past = failures.getIfPresent(network);
        long wait = past == null ? 0 : past.heldUntil() - now;
        if (wait <= 0 && known.getIfPresent(network) == null) {
            wait = waitAsStranger(network, past == null ? firstAttempts : furtherAttempts, now);
        }
        if (wait > 0) {
            return Optional.of(Duration.ofNanos(wait));
        }
        int count = past == null ? 1 : past.count() + 1;
        failures.put(network, new Failures(count, now + waitAfter(count)));
        return Optional.empty();
    }

    /**
     * Returns the wait of an unknown network. After the wait its attempt is guaranteed; otherwise it would depend on
     * luck.
     */
    private long waitAsStranger(String network, Budget budget, long now) {
        Long turn = turns.getIfPresent(network);
        if (turn == null && budget.take(now)) {
            return 0;
        }
        if (turn == null) {
            turns.put(network, now + UNTIL_TURN.toNanos());
            return UNTIL_TURN.toNanos();
        }
        if (turn <= now) {
            turns.invalidate(network);
        }
        return turn - now;
    }

    /** Returns whether a user has signed in from there recently. */
    boolean isKnown(String network) {
        return known.getIfPresent(network) != null;
    }

    /** Clears the network's failures and marks it as known. */
    synchronized void succeeded(String network) {
        failures.invalidate(network);
        turns.invalidate(network);
        known.put(network, true);
    }

    /** Takes back an attempt whose password was not checked. */
    synchronized void takeBack(String network) {
        failures.asMap()
                .computeIfPresent(
                        network,
                        (same, past) -> past.count() == 1 ? null : new Failures(past.count() - 1, ticker.read()));
    }

    /** Returns the nanoseconds to wait after the count-th failure: 0 for the free ones, then 2 s, 4 s, 8 s … */
    private static long waitAfter(int count) {
        if (count < FREE) {
            return 0;
        }
        long doubled = Duration.ofSeconds(1L << Math.min(count - FREE + 1, 20)).toNanos();
        return Math.min(doubled, LONGEST.toNanos());
    }

    private static <T> Cache<String, T> remembering(Ticker ticker, int most, Duration time) {
        return Caffeine.newBuilder()
                .ticker(ticker)
                .maximumSize(most)
                .expireAfterWrite(time)
                .build();
    }

    private record Failures(int count, long heldUntil) {}

    /** A token bucket: a burst, then one per interval. */
    private static final class Budget {
        private final long size;
        private final long interval;
        private long emptyUntil;

        Budget(int attempts, Duration interval, long now) {
            this.size = attempts * interval.toNanos();
            this.interval = interval.toNanos();
            this.emptyUntil = now - size;
        }

        boolean take(long now) {
            emptyUntil = Math.max(emptyUntil, now - size);
            if (now - emptyUntil < interval) {
                return false;
            }
            emptyUntil += interval;
            return true;
        }
    }
}

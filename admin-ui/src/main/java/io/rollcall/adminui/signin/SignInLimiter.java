package io.rollcall.adminui.signin;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * Makes guessing slow: after some failures the wait doubles with each further one.
 *
 * <p>By address it starts after 5 failures and grows to 15 minutes. By account it starts after 10 and stays below 30
 * seconds, so that a stranger's guesses never keep the administrator out for long. An attempt counts when it begins,
 * so a burst of parallel ones gains nothing. Remembers at most 10,000 of each, for an hour.
 */
final class SignInLimiter {

    private static final Rule BY_ADDRESS = new Rule(5, Duration.ofMinutes(15));
    private static final Rule BY_ACCOUNT = new Rule(10, Duration.ofSeconds(30));

    private final Ticker ticker;
    private final Cache<String, Failures> addresses;
    private final Cache<String, Failures> accounts;

    SignInLimiter(Ticker ticker) {
        this.ticker = ticker;
        this.addresses = remembered(ticker);
        this.accounts = remembered(ticker);
    }

    /** Counts an attempt, or says how long to wait before the next. */
    synchronized Optional<Duration> attempt(String account, String address) {
        long now = ticker.read();
        String network = network(address);
        long wait = Math.max(waitOf(accounts, account, now), waitOf(addresses, network, now));
        if (wait > 0) {
            return Optional.of(Duration.ofNanos(wait));
        }
        count(accounts, account, BY_ACCOUNT, now);
        count(addresses, network, BY_ADDRESS, now);
        return Optional.empty();
    }

    /** Forgets the failures of both. */
    synchronized void succeeded(String account, String address) {
        accounts.invalidate(account);
        addresses.invalidate(network(address));
    }

    private static long waitOf(Cache<String, Failures> failures, String key, long now) {
        Failures past = failures.getIfPresent(key);
        return past == null ? 0 : past.heldUntil() - now;
    }

    private static void count(Cache<String, Failures> failures, String key, Rule rule, long now) {
        Failures past = failures.getIfPresent(key);
        int count = past == null ? 1 : past.count() + 1;
        failures.put(key, new Failures(count, now + rule.waitAfter(count)));
    }

    /** An IPv6 customer holds a whole /64, so that is what is counted. */
    private static String network(String address) {
        try {
            InetAddress parsed = InetAddress.getByName(address);
            return parsed instanceof Inet6Address
                    ? Arrays.toString(Arrays.copyOf(parsed.getAddress(), 8))
                    : parsed.getHostAddress();
        } catch (UnknownHostException e) {
            return address;
        }
    }

    private static Cache<String, Failures> remembered(Ticker ticker) {
        return Caffeine.newBuilder()
                .ticker(ticker)
                .maximumSize(10_000)
                .expireAfterWrite(Duration.ofHours(1))
                .build();
    }

    private record Failures(int count, long heldUntil) {}

    private record Rule(int free, Duration longest) {
        /** Nanoseconds to wait after the count-th failure: 0 for the free ones, then 2 s, 4 s, 8 s … */
        long waitAfter(int count) {
            if (count < free) {
                return 0;
            }
            long doubled =
                    Duration.ofSeconds(1L << Math.min(count - free + 1, 20)).toNanos();
            return Math.min(doubled, longest.toNanos());
        }
    }
}

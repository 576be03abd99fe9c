package io.rollcall.adminui.signin;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How long a guesser waits, and that nobody else does. */
class SignInLimiterTest {

    private final AtomicLong nanos = new AtomicLong();
    private final SignInLimiter limiter = new SignInLimiter(nanos::get);

    @Test
    void address_waitsTwiceAsLongEachTime_upToAQuarterOfAnHour() {
        Duration last = Duration.ZERO;
        for (int failure = 1; failure <= 40; failure++) {
            last = limiter.attempt("user-" + failure, "192.0.2.1").orElse(Duration.ZERO);
            nanos.addAndGet(last.toNanos());
        }
        assertThat(last).isEqualTo(Duration.ofMinutes(15));
        assertThat(limiter.attempt("admin", "192.0.2.2")).isEmpty();
    }

    @Test
    void account_isNeverHeldLong_byManyAddresses() {
        Duration longest = Duration.ZERO;
        for (int failure = 1; failure <= 250; failure++) {
            Optional<Duration> wait = limiter.attempt("admin", "192.0.2." + failure);
            if (wait.isPresent()) {
                longest = wait.get().compareTo(longest) > 0 ? wait.get() : longest;
                nanos.addAndGet(wait.get().toNanos());
            }
        }
        assertThat(longest).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void networkOfOneCustomer_countsAsOne() {
        for (int failure = 1; failure <= 5; failure++) {
            assertThat(limiter.attempt("user-" + failure, "2001:db8:1:2::" + failure))
                    .isEmpty();
        }
        assertThat(limiter.attempt("user-6", "2001:db8:1:2:ffff::6")).isPresent();
        assertThat(limiter.attempt("user-6", "2001:db8:1:3::6")).isEmpty();
    }

    @Test
    void success_forgetsTheFailures() {
        for (int failure = 1; failure <= 4; failure++) {
            limiter.attempt("admin", "192.0.2.1");
        }
        limiter.succeeded("admin", "192.0.2.1");
        for (int failure = 1; failure <= 5; failure++) {
            assertThat(limiter.attempt("admin", "192.0.2.1")).isEmpty();
        }
        assertThat(limiter.attempt("admin", "192.0.2.1")).isPresent();
    }
}

package io.rollcall.adminui.signin;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.adminui.TestTicker;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How long a guesser waits, and that nobody else does. */
class SignInLimiterTest {

    private final TestTicker ticker = new TestTicker();
    private final SignInLimiter limiter = new SignInLimiter(ticker);

    @Test
    void address_waitsTwiceAsLongEachTime_upToAQuarterOfAnHour() {
        Duration last = Duration.ZERO;
        for (int failure = 1; failure <= 40; failure++) {
            last = limiter.attempt("192.0.2.1").orElse(Duration.ZERO);
            ticker.advance(last);
        }
        assertThat(last).isEqualTo(Duration.ofMinutes(15));
        assertThat(limiter.attempt("192.0.2.2")).isEmpty();
    }

    /** Planted bug: known addresses drew on the strangers' budgets. */
    @Test
    void addressThatHasSignedIn_isHeldUpByNobodyElse() {
        assertThat(limiter.attempt("192.0.2.1")).isEmpty();
        limiter.succeeded("192.0.2.1");
        exhaustFirstAttempts();

        assertThat(limiter.attempt("192.0.2.2")).hasValue(Duration.ofSeconds(30));
        for (int failure = 1; failure <= 5; failure++) {
            assertThat(limiter.attempt("192.0.2.1")).isEmpty();
        }
        assertThat(limiter.attempt("192.0.2.1")).hasValue(Duration.ofSeconds(2));
    }

    /** Planted bug: all attempts drew on one budget. */
    @Test
    void newAddress_isNotHeldUp_byThoseThatGuessAgainAndAgain() {
        for (int round = 0; round < 100; round++) {
            for (int address = 0; address < 60; address++) {
                limiter.attempt("198.51.100." + address);
            }
            assertThat(limiter.attempt("192.0.2." + round)).isEmpty();
            ticker.advance(Duration.ofSeconds(1));
        }
    }

    /** Planted bug: who had waited competed again for what the budget gave. */
    @Test
    void newAddress_hasItsTurnAfterHalfAMinute_howeverManyOthersCome() {
        exhaustFirstAttempts();
        assertThat(limiter.attempt("192.0.2.1")).hasValue(Duration.ofSeconds(30));
        ticker.advance(Duration.ofSeconds(10));
        exhaustFirstAttempts();
        assertThat(limiter.attempt("192.0.2.1")).hasValue(Duration.ofSeconds(20));
        ticker.advance(Duration.ofSeconds(20));
        exhaustFirstAttempts();
        assertThat(limiter.attempt("192.0.2.1")).isEmpty();
    }

    private int others;

    private void exhaustFirstAttempts() {
        do {
            others++;
        } while (limiter.attempt("10.0." + others / 250 + "." + others % 250).isEmpty());
    }

    /** What strangers may try at once, were they to have all addresses. */
    @Test
    void guessesOfManyAddresses_areBounded() {
        int guesses = 0;
        while (limiter.attempt("10.1." + guesses / 250 + "." + guesses % 250).isEmpty()) {
            guesses++;
        }
        assertThat(guesses).isEqualTo(500);
    }

    @Test
    void success_forgetsTheFailures() {
        for (int failure = 1; failure <= 4; failure++) {
            limiter.attempt("192.0.2.1");
        }
        limiter.succeeded("192.0.2.1");
        for (int failure = 1; failure <= 5; failure++) {
            assertThat(limiter.attempt("192.0.2.1")).isEmpty();
        }
        assertThat(limiter.attempt("192.0.2.1")).isPresent();
    }

    @Test
    void attemptThatWasNotLookedAt_isTakenBack() {
        for (int attempt = 1; attempt <= 20; attempt++) {
            assertThat(limiter.attempt("192.0.2.1")).isEmpty();
            limiter.takeBack("192.0.2.1");
        }
    }
}

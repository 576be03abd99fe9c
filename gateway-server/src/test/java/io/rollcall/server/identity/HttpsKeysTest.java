package io.rollcall.server.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.util.Resource;
import com.nimbusds.jose.util.ResourceRetriever;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.testing.TestTicker;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpsKeysTest {
    private static final Duration TOLERANCE = Duration.ofHours(1);
    private final ScheduledExecutorService background = Executors.newSingleThreadScheduledExecutor();
    private final TestTicker ticker = new TestTicker();
    private final FlakyServer server = new FlakyServer();
    private final List<String> news = new CopyOnWriteArrayList<>();
    private final HttpsKeys keys;
    private volatile boolean hasThreads = true;

    HttpsKeysTest() throws Exception {
        keys = new HttpsKeys(
                new HttpsKeys.Place(URI.create("https://keys.example/jwks"), List.of(), "RS256"),
                new HttpsKeys.RefreshPolicy(Duration.ofMinutes(1), TOLERANCE),
                new HttpsKeys.Means(server, background, this::fetch, ticker::nanos),
                new HttpsKeys.News() {
                    @Override
                    public void changed(TokenKeys keys) {
                        news.add("changed");
                    }

                    @Override
                    public void arrived() {
                        news.add("arrived");
                    }

                    @Override
                    public void failed(String why) {
                        news.add("failed: " + why);
                    }
                });
        keys.beInForce();
    }

    private void fetch(Runnable task) {
        if (!hasThreads) {
            throw new OutOfMemoryError("unable to create native thread");
        }
        background.execute(task);
    }

    /** Answers an empty key set, nonsense, or not at all; and counts. */
    private static final class FlakyServer implements ResourceRetriever {
        volatile boolean down;
        volatile String content = "{\"keys\":[]}";
        volatile int asked;
        volatile Runnable whileAsked = () -> {};

        @Override
        public synchronized Resource retrieveResource(URL url) throws IOException {
            asked++;
            whileAsked.run();
            if (down) {
                throw new IOException("down");
            }
            return new Resource(content, "application/json");
        }
    }

    private void backgroundIsIdle() throws Exception {
        // One thread: what was queued before is done, and what that queued.
        background.submit(() -> {}).get();
        background.submit(() -> {}).get();
    }

    private void advance(Duration by) {
        ticker.advance(by);
    }

    private void assertUnavailable() {
        assertThatThrownBy(keys::keys)
                .isInstanceOfSatisfying(RefusedException.class, refused -> assertThat(refused.refusal())
                        .isEqualTo(Refusal.KEYS_UNAVAILABLE));
    }

    @AfterEach
    void stop() {
        background.shutdownNow();
    }

    @Test
    void keys_areUnavailable_untilFetched() throws Exception {
        assertUnavailable();
        keys.start();
        backgroundIsIdle();
        assertThat(keys.keys().keys().byKid()).isEmpty();
    }

    @Test
    void anOutage_isSurvivedForAnHour_andNoLonger() throws Exception {
        keys.start();
        backgroundIsIdle();
        server.down = true;
        advance(TOLERANCE);
        keys.unknownKey();
        backgroundIsIdle();
        assertThat(server.asked).isEqualTo(2);
        assertThat(keys.keys()).isNotNull();

        advance(Duration.ofNanos(1));
        assertUnavailable();

        server.down = false;
        advance(HttpsKeys.EARLY_FETCH_GAP);
        keys.unknownKey();
        backgroundIsIdle();
        assertThat(keys.keys()).isNotNull();
    }

    @Test
    void nonsense_leavesTheLastGoodKeys() throws Exception {
        keys.start();
        backgroundIsIdle();
        TokenKeys before = keys.keys().keys();
        server.content = "<html>";
        advance(Duration.ofMinutes(1));
        keys.unknownKey();
        backgroundIsIdle();

        assertThat(server.asked).isEqualTo(2);
        assertThat(keys.keys().keys()).isSameAs(before);
        assertThat(news)
                .containsExactly(
                        "arrived",
                        "changed",
                        "failed: token keys at https://keys.example/jwks: not a JWK set (RFC 7517 §5): expected JSON");
        assertThat(keys.trouble()).contains("not a JWK set");
    }

    @Test
    void theSameKeysAgain_areNoChange_butOthersAre() throws Exception {
        keys.start();
        backgroundIsIdle();
        keys.fetchSoon();
        backgroundIsIdle();
        server.content = "{ \"keys\" : [] }";
        keys.fetchSoon();
        backgroundIsIdle();
        server.content = "{\"keys\":[{\"kty\":\"AKP\"}]}";
        keys.fetchSoon();
        backgroundIsIdle();

        assertThat(news).containsExactly("arrived", "changed", "arrived", "arrived", "arrived", "changed");
    }

    @Test
    void keysAreGood_forAsLongAsAnOutageIsTolerated_sinceTheyWereFetched() throws Exception {
        keys.start();
        backgroundIsIdle();
        advance(Duration.ofMinutes(50));

        assertThat(keys.keys().goodForMillis()).isEqualTo(Duration.ofMinutes(10).toMillis());
    }

    @Test
    void whatIsNotInForceAnyMore_makesNoNews() throws Exception {
        keys.stop();
        keys.fetchSoon();
        backgroundIsIdle();

        assertThat(keys.isReady()).isTrue();
        assertThat(news).isEmpty();
    }

    /** I2: SIGHUP fetches at once, also while a fetch is under way that began before the key was taken out. */
    @Test
    void i2_aFetchThatIsAskedForDuringAnother_isMadeAfterIt() throws Exception {
        keys.start();
        backgroundIsIdle();
        server.whileAsked = () -> {
            server.whileAsked = () -> {};
            keys.fetchSoon();
        };
        keys.fetchSoon();
        backgroundIsIdle();

        assertThat(server.asked).isEqualTo(3);
    }

    @Test
    void whateverAFetchDiesOf_itIsNotTheLastOne() throws Exception {
        keys.start();
        backgroundIsIdle();
        server.whileAsked = () -> {
            throw new StackOverflowError("in a test");
        };
        keys.fetchSoon();
        backgroundIsIdle();
        assertThat(news)
                .last()
                .isEqualTo(
                        "failed: token keys at https://keys.example/jwks could not be taken (java.lang.StackOverflowError: in a test)");
        server.whileAsked = () -> {};
        keys.fetchSoon();
        backgroundIsIdle();

        assertThat(news).last().isEqualTo("arrived");
    }

    @Test
    void whereNoThreadIsToBeHad_thatIsTold_andTheNextFetchIsMade() throws Exception {
        keys.start();
        backgroundIsIdle();
        hasThreads = false;
        keys.fetchSoon();
        assertThat(news).last().asString().endsWith("(java.lang.OutOfMemoryError: unable to create native thread)");
        hasThreads = true;
        keys.fetchSoon();
        backgroundIsIdle();

        assertThat(news).last().isEqualTo("arrived");
    }

    @Test
    void aFloodOfUnknownKids_fetchesOnce() throws Exception {
        keys.start();
        backgroundIsIdle();
        advance(HttpsKeys.EARLY_FETCH_GAP.plusNanos(1));
        for (int i = 0; i < 1000; i++) {
            keys.unknownKey();
        }
        backgroundIsIdle();

        assertThat(server.asked).isEqualTo(2);
    }
}

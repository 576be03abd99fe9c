package io.rollcall.server.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.util.Resource;
import com.nimbusds.jose.util.ResourceRetriever;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusedException;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpsKeysTest {
    private final ScheduledExecutorService background = Executors.newSingleThreadScheduledExecutor();
    private final AtomicLong nanos = new AtomicLong();
    private final FlakyServer server = new FlakyServer();
    private final HttpsKeys keys;

    HttpsKeysTest() throws Exception {
        keys = new HttpsKeys(URI.create("https://keys.example/jwks").toURL(), server, background, nanos::get);
    }

    /** Answers an empty key set, nonsense, or not at all; and counts. */
    private static final class FlakyServer implements ResourceRetriever {
        volatile boolean down;
        volatile String content = "{\"keys\":[]}";
        volatile int asked;

        @Override
        public synchronized Resource retrieveResource(URL url) throws IOException {
            asked++;
            if (down) {
                throw new IOException("down");
            }
            return new Resource(content, "application/json");
        }
    }

    private void backgroundIsIdle() throws Exception {
        background.submit(() -> {}).get(); // one thread: what was queued before is done
    }

    private void advance(Duration by) {
        nanos.addAndGet(by.toNanos());
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
        assertThat(keys.keys().byKid()).isEmpty();
    }

    @Test
    void anOutage_isSurvivedForAnHour_andNoLonger() throws Exception {
        keys.start();
        backgroundIsIdle();
        server.down = true;
        advance(HttpsKeys.OUTAGE_TOLERANCE);
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
        TokenKeys before = keys.keys();
        server.content = "<html>";
        advance(Duration.ofMinutes(1));
        keys.unknownKey();
        backgroundIsIdle();

        assertThat(server.asked).isEqualTo(2);
        assertThat(keys.keys()).isSameAs(before);
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

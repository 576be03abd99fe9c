package io.rollcall.server.identity;

import com.nimbusds.jose.util.ResourceRetriever;
import io.rollcall.server.failure.Refusal;
import java.io.IOException;
import java.net.URL;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Token keys behind an https address, fetched anew every minute.
 *
 * <p>Threads: only the background executor fetches, and one fetch runs at a time; the event loop reads the last good
 * keys. While the address is down or serves nonsense those stay in force for {@link #OUTAGE_TOLERANCE}; after that,
 * and before the first fetch, callers get {@link Refusal#KEYS_UNAVAILABLE}. An unknown {@code kid} asks for an early
 * fetch, at most every {@link #EARLY_FETCH_GAP}, whatever callers send.
 */
final class HttpsKeys implements KeySource {
    static final Duration REFRESH_INTERVAL = Duration.ofSeconds(60);
    static final Duration OUTAGE_TOLERANCE = Duration.ofHours(1);
    static final Duration EARLY_FETCH_GAP = Duration.ofSeconds(10);
    private static final Logger LOG = LoggerFactory.getLogger(HttpsKeys.class);

    private record Fetched(TokenKeys keys, long atNanos) {}

    private final URL address;
    private final ResourceRetriever retriever;
    private final ScheduledExecutorService background;
    private final LongSupplier nanoTime;
    private final AtomicLong lastAttempt;
    private volatile @Nullable Fetched lastGood;

    /** @param nanoTime a monotonic clock, in nanoseconds: an outage is not measured with one that may jump */
    HttpsKeys(URL address, ResourceRetriever retriever, ScheduledExecutorService background, LongSupplier nanoTime) {
        this.address = address;
        this.retriever = retriever;
        this.background = background;
        this.nanoTime = nanoTime;
        this.lastAttempt = new AtomicLong(nanoTime.getAsLong());
    }

    /** Fetches at once and from then on, until the executor is shut down. */
    HttpsKeys start() {
        var unused = background.scheduleWithFixedDelay(this::fetch, 0, REFRESH_INTERVAL.toSeconds(), TimeUnit.SECONDS);
        return this;
    }

    @Override
    public TokenKeys keys() {
        Fetched fetched = lastGood;
        if (fetched == null || nanoTime.getAsLong() - fetched.atNanos > OUTAGE_TOLERANCE.toNanos()) {
            throw Refusal.KEYS_UNAVAILABLE.because("the namespace's token keys cannot be had; try again later");
        }
        return fetched.keys;
    }

    @Override
    public void unknownKey() {
        long last = lastAttempt.get();
        long now = nanoTime.getAsLong();
        if (now - last > EARLY_FETCH_GAP.toNanos() && lastAttempt.compareAndSet(last, now)) {
            background.execute(this::fetch);
        }
    }

    private synchronized void fetch() {
        lastAttempt.set(nanoTime.getAsLong());
        try {
            TokenKeys keys = TokenKeys.parse(
                    "token keys at " + address,
                    retriever.retrieveResource(address).getContent());
            lastGood = new Fetched(keys, nanoTime.getAsLong());
        } catch (IOException | RuntimeException e) {
            // Escaping would end the schedule for good.
            LOG.warn(
                    "Token keys at {} could not be fetched; the last good ones stay in force: {}",
                    address,
                    e.toString());
        }
    }
}

package io.rollcall.server.identity;

import com.nimbusds.jose.util.ResourceRetriever;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.watchdog.OutOfMemory;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches token keys from an https address periodically.
 *
 * <p>While the address is down or serves invalid content, the last good keys stay in force, up to the outage tolerance.
 * After that, and before the first fetch, callers get {@link Refusal#KEYS_UNAVAILABLE}. An unknown {@code kid} triggers
 * an early fetch, at most every {@link #EARLY_FETCH_GAP}, whatever callers send.
 *
 * <p>Threads: the scheduler only triggers; the fetchers fetch, one at a time for each address, and report the result;
 * the event loop reads the last good keys.
 */
final class HttpsKeys implements KeySource {
    private static final Logger log = LoggerFactory.getLogger(HttpsKeys.class);

    static final Duration EARLY_FETCH_GAP = Duration.ofSeconds(10);

    /**
     * The source of the keys.
     *
     * @param authorities the CAs for the server's certificate; empty: the JVM's
     * @param ofRsa the algorithm of RSA keys that name none
     */
    record Place(URI address, List<X509Certificate> authorities, String ofRsa) {
        Place {
            authorities = List.copyOf(authorities);
        }
    }

    private record Fetched(String content, TokenKeys keys, long atNanos) {}

    /** Is notified of the result of each fetch while these keys are in force, on the fetcher's thread. */
    interface News {
        /** New keys, different from those before, are in force. */
        void changed(TokenKeys keys);

        /** Keys were fetched, changed or not. */
        void arrived();

        /** @param why a sentence that names the address */
        void failed(String why);
    }

    /**
     * @param refresh how often to fetch
     * @param tolerance how long the last good keys stay in force from when they were fetched
     */
    record RefreshPolicy(Duration refresh, Duration tolerance) {}

    /**
     * The dependencies for fetching.
     *
     * @param scheduler its owner shuts it down
     * @param fetchers one thread for each slow address, so that no tenant waits for another's
     * @param nanoTime a monotonic clock, in nanoseconds: the wall clock may jump during an outage
     */
    record Means(
            ResourceRetriever retriever,
            ScheduledExecutorService scheduler,
            Executor fetchers,
            LongSupplier nanoTime) {}

    private final Place place;
    private final URL address;
    private final KeySetReader reader;
    private final RefreshPolicy refreshPolicy;
    private final Means means;
    private final News news;
    private final AtomicLong lastAttempt;
    /** How many fetches were requested since the last one began. */
    private final AtomicInteger asked = new AtomicInteger();

    private volatile @Nullable Fetched lastGood;
    private volatile @Nullable String trouble;
    private boolean isInForce; // guarded by this
    private @Nullable ScheduledFuture<?> schedule; // guarded by this

    /** @throws IllegalArgumentException if the address is not an https address */
    HttpsKeys(Place place, RefreshPolicy refreshPolicy, Means means, News news) {
        this.place = place;
        this.address = url(place.address);
        this.reader = new KeySetReader(place.ofRsa);
        this.refreshPolicy = refreshPolicy;
        this.means = means;
        this.news = news;
        this.lastAttempt = new AtomicLong(means.nanoTime.getAsLong());
    }

    /** Starts fetching, at once and periodically, until stopped. Idempotent. */
    synchronized HttpsKeys start() {
        if (schedule == null) {
            long period = refreshPolicy.refresh.toMillis();
            schedule = means.scheduler.scheduleAtFixedRate(this::fetchSoon, 0, period, TimeUnit.MILLISECONDS);
        }
        return this;
    }

    /** Marks these keys as in force: results are reported from now on. */
    synchronized void beInForce() {
        isInForce = true;
    }

    /** Stops fetching; no result is reported after this returns. */
    synchronized void stop() {
        isInForce = false;
        if (schedule != null) {
            schedule.cancel(false);
        }
    }

    boolean isAt(Place other, RefreshPolicy otherPolicy) {
        return place.equals(other) && refreshPolicy.equals(otherPolicy);
    }

    private static URL url(URI address) {
        try {
            return address.toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException("token keys: " + address + " is no https address", e);
        }
    }

    @Override
    public Keys keys() {
        Fetched fetched = lastGood;
        long left = fetched == null
                ? 0
                : refreshPolicy.tolerance.toNanos() - (means.nanoTime.getAsLong() - fetched.atNanos);
        if (fetched == null || left < 0) {
            throw Refusal.KEYS_UNAVAILABLE.because("the namespace's token keys are not available; try again later");
        }
        return new Keys(fetched.keys, TimeUnit.NANOSECONDS.toMillis(left));
    }

    /** Whether keys were ever fetched. */
    boolean isReady() {
        return lastGood != null;
    }

    /** Why the last fetch failed; null: it succeeded, or is still under way. */
    @Nullable
    String trouble() {
        return trouble;
    }

    @Override
    public void unknownKey() {
        long last = lastAttempt.get();
        long now = means.nanoTime.getAsLong();
        if (now - last > EARLY_FETCH_GAP.toNanos() && lastAttempt.compareAndSet(last, now)) {
            fetchSoon();
        }
    }

    /**
     * Triggers a fetch; never waits. If one is under way, another follows, since its result may be older than the
     * request.
     */
    void fetchSoon() {
        if (asked.getAndIncrement() == 0) {
            try {
                means.fetchers.execute(this::fetchAsLongAsAsked);
            } catch (RejectedExecutionException onTheWayDown) {
                asked.set(0);
            } catch (RuntimeException | Error e) { // no thread available: the next request tries again
                asked.set(0);
                failedFor(e);
            }
        }
    }

    private void fetchAsLongAsAsked() {
        int answered;
        do {
            answered = asked.get();
            fetch();
        } while (!asked.compareAndSet(answered, 0));
    }

    private void fetch() {
        long begun = means.nanoTime.getAsLong();
        lastAttempt.set(begun);
        try {
            String content = means.retriever.retrieveResource(address).getContent();
            Fetched before = lastGood;
            TokenKeys keys = before != null && before.content.equals(content)
                    ? before.keys
                    : reader.parse("token keys at " + address, content);
            lastGood = new Fetched(content, keys, begun);
            trouble = null;
            tell(News::arrived);
            // Some servers return the same keys in a different order each time.
            if (before == null || !before.keys.isSameAs(keys)) {
                tell(one -> one.changed(keys));
            }
        } catch (IOException e) {
            failed("token keys at " + address + " could not be fetched (" + e.getMessage() + ")");
        } catch (IllegalArgumentException e) {
            failed(String.valueOf(e.getMessage()));
        } catch (RuntimeException | Error e) {
            failedFor(e); // whatever it is: fetching must go on
        }
    }

    /** If no thread or direct memory is available, only this address is affected. */
    private void failedFor(Throwable defect) {
        var unused = OutOfMemory.endProcessOrRefuse(defect);
        log.error("token keys at {} could not be taken", address, defect);
        failed("token keys at " + address + " could not be taken (" + defect + ")");
    }

    private void failed(String why) {
        trouble = why;
        tell(one -> one.failed(why));
    }

    private synchronized void tell(Consumer<News> what) {
        if (isInForce) {
            what.accept(news);
        }
    }
}

package io.rollcall.client;

import io.grpc.Status;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.WatchNodesResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A self-updating view of the namespace. After a lost connection it resumes; if the gateway no longer has the changes
 * since, it takes a new snapshot. Until then the old view stays readable.
 *
 * <p>All methods may be called from any thread. One daemon thread reads the stream, and calls the
 * {@link WatchListener}.
 */
public final class ClusterWatch implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ClusterWatch.class);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private final RetryingCalls calls;
    private final WatchListener listener;
    private final SessionTime time;
    private final Backoff backoff;
    private final LongPause longPause;
    private final Consumer<ClusterWatch> whenClosed;
    private final WatchedCluster cluster = new WatchedCluster();
    private volatile boolean isClosed;
    /** By {@link SessionTime#nanoTime}. */
    private volatile long confirmedAt;

    /** Fields from here on belong to the watch's thread. False: the next stream begins with a snapshot. */
    private boolean trusted = true;

    private boolean inTrouble;

    ClusterWatch(
            RetryingCalls calls,
            WatchListener listener,
            SessionTime time,
            RandomGenerator random,
            Consumer<ClusterWatch> whenClosed) {
        this.calls = calls;
        this.listener = safe(listener);
        this.time = time;
        this.backoff = new Backoff(random);
        this.longPause = new LongPause(time, random, calls::credentialStamps);
        this.whenClosed = whenClosed;
    }

    void start() {
        time.next(Duration.ZERO, this::follow);
    }

    /** Returns the current view; empty until the first snapshot is complete. Never blocks. */
    public Optional<ClusterView> view() {
        return Optional.ofNullable(cluster.view());
    }

    /**
     * Returns how old the view is: the time since the gateway last said that it is the present state, which it does every
     * 20 s where nothing changes. Empty until the first snapshot is complete.
     */
    public Optional<Duration> age() {
        return view().map(known -> Duration.ofNanos(Math.max(0, time.nanoTime() - confirmedAt)));
    }

    /** Follows one stream to its end and schedules the next one. Never throws. */
    private void follow() {
        if (isClosed) {
            return;
        }
        GatewayException why;
        List<String> stamps = calls.credentialStamps();
        try {
            calls.stream(GatewayServiceGrpc.getWatchNodesMethod(), cluster.begin(trusted), this::take);
            why = GatewayException.from(Status.UNAVAILABLE
                    .withDescription("the gateway ended the stream")
                    .asRuntimeException());
        } catch (WatchedCluster.GapException e) {
            log.warn("The gateway left something out of a watch, which takes its view anew: {}", e.getMessage());
            trusted = false;
            why = GatewayException.from(
                    Status.DATA_LOSS.withDescription(e.getMessage()).asRuntimeException());
        } catch (GatewayException e) {
            why = e;
        } catch (RuntimeException e) {
            if (!isClosed) {
                log.error("A watch's stream failed; the watch goes on", e);
            }
            why = GatewayException.from(Status.INTERNAL.withCause(e).asRuntimeException());
        }
        if (!isClosed) {
            troubledBy(why);
            if (why.needsMending()) {
                longPause.before(stamps, this::follow);
            } else {
                time.next(backoff.next(why, LONGEST_PAUSE), this::follow);
            }
        }
    }

    private void take(WatchNodesResponse message) {
        if (isClosed) {
            throw new CancellationException("the watch was closed by its own listener");
        }
        confirmedAt = time.nanoTime(); // first: who reads a new view gets its age
        cluster.take(message, listener);
        trusted = true;
        backoff.reset();
        if (inTrouble) {
            inTrouble = false;
            listener.recovered();
        }
    }

    private void troubledBy(GatewayException why) {
        if (!inTrouble) {
            inTrouble = true;
            log.info("A watch lost the gateway and tries to go on: {}", why.getMessage());
            listener.outage(why);
        }
    }

    /** Ends the watch; {@link #view} keeps its last value. Idempotent; may be called from a listener. */
    @Override
    public void close() {
        isClosed = true;
        time.close();
        whenClosed.accept(this);
    }

    /** Wraps the listener so that its exceptions do not look like a broken stream. */
    private static WatchListener safe(WatchListener listener) {
        return new WatchListener() {
            @Override
            public void taken(ClusterView view) {
                tell(() -> listener.taken(view));
            }

            @Override
            public void changed(List<ClusterChange> changes, ClusterView view) {
                tell(() -> listener.changed(changes, view));
            }

            @Override
            public void outage(GatewayException why) {
                tell(() -> listener.outage(why));
            }

            @Override
            public void recovered() {
                tell(listener::recovered);
            }
        };
    }

    private static void tell(Runnable news) {
        try {
            news.run();
        } catch (RuntimeException e) {
            log.warn("A watch's listener threw; the watch goes on", e);
        }
    }
}

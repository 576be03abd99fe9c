package io.rollcall.server.registry;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether changes can be made durable now, on record and in the store. Reads and heartbeats do not need to know; who
 * shows the gateway's state, or reckons with its absence, does.
 *
 * <p>Threads: the registry's writer tells, any thread asks.
 */
public final class StoreHealth {
    private static final Logger log = LoggerFactory.getLogger(StoreHealth.class);

    /** A commit that takes longer is as good as none. */
    private static final long STALLED_NANOS = Duration.ofSeconds(1).toNanos();

    private final Clock clock;
    private final LongSupplier nanos;
    private volatile @Nullable Failure failure;
    private volatile @Nullable Long began;

    /**
     * @param clock tells since when the store fails: shown, never reckoned with
     * @param nanos the monotonic clock
     */
    StoreHealth(Clock clock, LongSupplier nanos) {
        this.clock = clock;
        this.nanos = nanos;
    }

    /**
     * Changes are refused.
     *
     * @param why a sentence for who runs the gateway
     */
    public record Failure(Instant since, String why) {}

    /** Whether the last attempt succeeded, and none is stuck. */
    public boolean isWritable() {
        Long since = began;
        return failure == null && (since == null || nanos.getAsLong() - since < STALLED_NANOS);
    }

    /** Since when and why changes are refused, while they are. */
    public Optional<Failure> failure() {
        return Optional.ofNullable(failure);
    }

    void begins() {
        began = nanos.getAsLong();
    }

    void succeeded() {
        began = null;
        Failure over = failure;
        if (over != null) {
            failure = null;
            log.info("changes can be stored again, after {}", Duration.between(over.since(), clock.instant()));
        }
    }

    void failed(Throwable e) {
        began = null;
        if (failure == null) {
            failure = new Failure(clock.instant(), String.valueOf(e.getMessage()));
            log.error("changes cannot be stored; they are refused, reads and heartbeats go on", e);
        }
    }
}

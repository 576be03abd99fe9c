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
 * Tracks whether changes can be made durable now, in the audit log and in the store. Used by health checks, the console
 * and the sweep; reads and heartbeats do not depend on it.
 *
 * <p>Threads: the registry's writer updates it, any thread reads.
 */
public final class StoreHealth {
    private static final Logger log = LoggerFactory.getLogger(StoreHealth.class);

    /** A commit that takes longer counts as failed. */
    private static final long STALLED_NANOS = Duration.ofSeconds(1).toNanos();

    private final Clock clock;
    private final LongSupplier nanos;
    private volatile @Nullable Failure failure;
    private volatile @Nullable Long began;

    /**
     * @param clock for the start of a failure; for display only
     * @param nanos the monotonic clock
     */
    StoreHealth(Clock clock, LongSupplier nanos) {
        this.clock = clock;
        this.nanos = nanos;
    }

    /**
     * The state in which changes are refused.
     *
     * @param why a sentence for the operator
     */
    public record Failure(Instant since, String why) {}

    /** Returns whether the last attempt succeeded and none is stuck. */
    public boolean isWritable() {
        Long since = began;
        return failure == null && (since == null || nanos.getAsLong() - since < STALLED_NANOS);
    }

    /** Returns since when and why changes are refused; empty if they are not. */
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

package io.rollcall.server.testing;

import io.rollcall.server.liveness.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A monotonic clock that a test moves. Thread-safe. */
public final class TestTicker implements Ticker {
    private final AtomicLong nanos;

    public TestTicker() {
        this(1_000_000_000L);
    }

    /** @param start in nanoseconds; near {@link Long#MAX_VALUE}, it wraps */
    public TestTicker(long start) {
        nanos = new AtomicLong(start);
    }

    @Override
    public long nanos() {
        return nanos.get();
    }

    public void advance(Duration by) {
        nanos.addAndGet(by.toNanos());
    }
}

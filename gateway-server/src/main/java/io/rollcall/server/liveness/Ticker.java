package io.rollcall.server.liveness;

/** The monotonic clock: nanoseconds since some fixed instant. Setting the wall clock does not move it (T3). */
@FunctionalInterface
public interface Ticker {
    long nanos();
}

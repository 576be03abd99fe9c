package io.rollcall.server.admission;

import io.github.bucket4j.TimeMeter;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.identity.Caller;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.QuotaBook;
import io.rollcall.server.namespace.Quotas;
import io.rollcall.v1.Traffic;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Holds each namespace to its rates. Heartbeats have the right of way: they are not counted. Stands behind the access
 * check, so that nobody spends another's share, and refuses before a service does any work.
 *
 * <p>A refusal comes late, after the delay that it tells of, up to a second: who asks again at once, whatever it was
 * told, gets no faster for it, and costs the others next to nothing meanwhile.
 *
 * <p>Threads: calls come on the event loops, late refusals from the scheduler's thread.
 */
public final class AdmissionInterceptor implements ServerInterceptor {
    private static final long LONGEST_WAIT_MILLIS = 1_000;

    /** Beyond that many, refusals cost less than the memory of those who wait for one. */
    private static final int MOST_WAITING = 20_000;

    private final MethodTraffic traffic;
    private final QuotaBook quotas;
    private final TimeMeter time;
    private final RandomGenerator random;
    private final ScheduledExecutorService later;
    private final AtomicInteger waiting = new AtomicInteger();
    private final Map<NamespaceName, Rates> rates = new ConcurrentHashMap<>();

    /**
     * @param nanos the monotonic clock
     * @param random spreads the retries; used from many threads at once
     * @param later refuses; its owner shuts it down
     */
    public AdmissionInterceptor(
            MethodTraffic traffic,
            QuotaBook quotas,
            LongSupplier nanos,
            RandomGenerator random,
            ScheduledExecutorService later) {
        this.traffic = traffic;
        this.quotas = quotas;
        this.time = new Nanos(nanos);
        this.random = random;
        this.later = later;
    }

    private record Nanos(LongSupplier nanos) implements TimeMeter {
        @Override
        public long currentTimeNanos() {
            return nanos.getAsLong();
        }

        @Override
        public boolean isWallClockBased() {
            return false;
        }
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        try {
            admit(traffic.of(call.getMethodDescriptor()));
        } catch (RefusedException refused) {
            if (waiting.get() >= MOST_WAITING) {
                throw refused;
            }
            refuseLater(call, refused);
            return new ServerCall.Listener<>() {};
        }
        return next.startCall(call, headers);
    }

    private void admit(Traffic kind) {
        if (kind == Traffic.CHANGE) {
            of(Caller.current().namespace()).admitChange();
        } else if (kind != Traffic.HEARTBEAT) {
            of(Caller.current().namespace()).admitRead();
        }
    }

    private void refuseLater(ServerCall<?, ?> call, RefusedException refused) {
        waiting.incrementAndGet();
        var unused = later.schedule(
                () -> {
                    waiting.decrementAndGet();
                    call.close(refused.status().withCause(refused), refused.trailers());
                },
                Math.min(refused.retryAfter().toMillis(), LONGEST_WAIT_MILLIS),
                TimeUnit.MILLISECONDS);
    }

    /** Begins anew when the namespace's quotas are others. */
    private Rates of(NamespaceName namespace) {
        Quotas now = quotas.of(namespace);
        Rates known = rates.get(namespace);
        return known != null && known.quotas().equals(now)
                ? known
                : rates.compute(
                        namespace,
                        (name, old) -> old != null && old.quotas().equals(now) ? old : new Rates(now, time, random));
    }
}

package io.rollcall.server.admission;

import io.github.bucket4j.TimeMeter;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.InternalMetadata;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.rollcall.server.config.Settings;
import io.rollcall.server.failure.DeferredRefusal;
import io.rollcall.server.identity.Caller;
import io.rollcall.server.identity.grpc.CurrentCall;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.quota.NamespaceQuotas;
import io.rollcall.v1.Traffic;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Limits each namespace's rates and the memory that its open calls may hold. Heartbeats are exempt from the rates. Runs
 * after the access check, so that no caller uses another's share, and refuses before a service does any work.
 *
 * <p>Threads: the event loops; replies come from any thread.
 */
public final class AdmissionInterceptor implements ServerInterceptor {
    private final MethodTraffic traffic;
    private final NamespaceQuotas quotas;
    private final TimeMeter time;
    private final RandomGenerator random;
    private final int mostHeaderBytes;
    private final Map<NamespaceName, Rates> rates = new ConcurrentHashMap<>();
    private final Map<NamespaceName, OpenCalls> open = new ConcurrentHashMap<>();

    /**
     * @param nanos the monotonic clock
     * @param random spreads the retries; used from many threads at once
     * @param mostHeaderBytes that a call may bring
     */
    public AdmissionInterceptor(
            MethodTraffic traffic,
            NamespaceQuotas quotas,
            LongSupplier nanos,
            RandomGenerator random,
            int mostHeaderBytes) {
        this.traffic = traffic;
        this.quotas = quotas;
        this.time = new Nanos(nanos);
        this.random = random;
        this.mostHeaderBytes = mostHeaderBytes;
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
        Caller caller = CurrentCall.caller();
        NamespaceName namespace = caller.namespace();
        Settings present = quotas.of(namespace);
        Traffic kind = traffic.of(call.getMethodDescriptor());
        Rates admitting = kind == Traffic.HEARTBEAT ? null : ratesOf(namespace, present);
        Context context = Context.current();
        if (admitting != null && kind == Traffic.CHANGE) {
            admitting.admitChange();
            // Only the decision shows whether it changes enough to be refused.
            context = admitting
                    .members()
                    .take(caller)
                    .map(refusal -> Context.current().withValue(DeferredRefusal.KEY, refusal))
                    .orElse(context);
        } else if (admitting != null) {
            admitting.admitRead();
        }
        OpenCalls calls = openOf(namespace);
        if (admitting == null) {
            return start(heartbeat(call, headers, calls, present), headers, next);
        }
        ReadCost cost = new ReadCost(admitting);
        CountedCall<Q, R> counted = isUnary(call)
                ? new CountedUnary<>(call, size(call, headers), calls, present, cost)
                : new CountedStream<>(call, size(call, headers), calls, present);
        Context costing = context.withValue(ReadCost.KEY, cost);
        return start(counted, headers, (begun, its) -> Contexts.interceptCall(costing, begun, its, next));
    }

    /** A unary heartbeat counts the most header bytes it may have: measuring them would make it a tenth slower. */
    private <Q, R> CountedCall<Q, R> heartbeat(
            ServerCall<Q, R> call, Metadata headers, OpenCalls calls, Settings present) {
        return isUnary(call)
                ? new CountedUnary<>(call, mostHeaderBytes, calls, present, null)
                : new CountedStream<>(call, size(call, headers), calls, present);
    }

    private static boolean isUnary(ServerCall<?, ?> call) {
        return call.getMethodDescriptor().getType() == MethodType.UNARY;
    }

    /**
     * gRPC keeps token, authority and accepted encodings as long as the call is open; the other headers depend on gRPC.
     */
    private static int size(ServerCall<?, ?> call, Metadata headers) {
        String authority = call.getAuthority();
        int bytes = authority == null ? 0 : authority.length();
        for (byte[] nameOrValue : InternalMetadata.serialize(headers)) {
            bytes += nameOrValue.length;
        }
        return bytes;
    }

    private static <Q, R> ServerCall.Listener<Q> start(
            CountedCall<Q, R> counted, Metadata headers, ServerCallHandler<Q, R> next) {
        try {
            return counted.listening(next.startCall(counted, headers));
        } catch (RuntimeException | Error e) {
            counted.ended();
            throw e;
        }
    }

    /** Starts again when the namespace's quotas have changed. */
    private Rates ratesOf(NamespaceName namespace, Settings present) {
        Rates known = rates.get(namespace);
        return known != null && known.quotas().equals(present)
                ? known
                : rates.compute(
                        namespace,
                        (name, old) ->
                                old != null && old.quotas().equals(present) ? old : new Rates(present, time, random));
    }

    private OpenCalls openOf(NamespaceName namespace) {
        OpenCalls known = open.get(namespace);
        return known != null ? known : open.computeIfAbsent(namespace, name -> new OpenCalls());
    }
}

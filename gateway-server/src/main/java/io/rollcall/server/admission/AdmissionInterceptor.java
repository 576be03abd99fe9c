package io.rollcall.server.admission;

import com.google.protobuf.MessageLite;
import io.github.bucket4j.TimeMeter;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.KnownLength;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.rollcall.server.failure.DeferredRefusal;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.identity.Caller;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.QuotaBook;
import io.rollcall.server.namespace.Quotas;
import io.rollcall.v1.Traffic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Holds each namespace to its rates, and to what its open calls may hold in memory. Heartbeats have the right of way:
 * no rate counts them. Stands behind the access check, so that nobody spends another's share, and refuses before a
 * service does any work.
 *
 * <p>Threads: the event loops; replies come from any.
 */
public final class AdmissionInterceptor implements ServerInterceptor {
    private final MethodTraffic traffic;
    private final QuotaBook quotas;
    private final TimeMeter time;
    private final RandomGenerator random;
    private final Map<NamespaceName, Rates> rates = new ConcurrentHashMap<>();
    private final Map<NamespaceName, OpenCalls> open = new ConcurrentHashMap<>();

    /**
     * @param nanos the monotonic clock
     * @param random spreads the retries; used from many threads at once
     */
    public AdmissionInterceptor(MethodTraffic traffic, QuotaBook quotas, LongSupplier nanos, RandomGenerator random) {
        this.traffic = traffic;
        this.quotas = quotas;
        this.time = new Nanos(nanos);
        this.random = random;
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
        Caller caller = Caller.current();
        NamespaceName namespace = caller.namespace();
        Quotas present = quotas.of(namespace);
        Traffic kind = traffic.of(call.getMethodDescriptor());
        Rates admitting = kind == Traffic.HEARTBEAT ? null : ratesOf(namespace, present);
        Context context = Context.current();
        if (admitting != null && kind == Traffic.CHANGE) {
            admitting.admitChange();
            // Whether it changes enough to be refused for is known only when it is decided.
            context = admitting
                    .members()
                    .take(caller)
                    .map(refusal -> Context.current().withValue(DeferredRefusal.KEY, refusal))
                    .orElse(context);
        } else if (admitting != null) {
            admitting.admitRead();
        }
        OpenCalls calls = openOf(namespace);
        calls.begin(present);
        Counted<Q, R> counted = new Counted<>(call, admitting, calls, present);
        HalfSent.Request request = HalfSent.current();
        if (request != null) {
            request.countFor(calls, present, counted::refuse);
        }
        try {
            return counted.listening(
                    context == Context.current()
                            ? next.startCall(counted, headers)
                            : Contexts.interceptCall(context, counted, headers, next));
        } catch (RuntimeException | Error e) {
            counted.ended();
            throw e;
        }
    }

    /** Begins anew when the namespace's quotas are others. */
    private Rates ratesOf(NamespaceName namespace, Quotas present) {
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

    /** A call that counts from its begin to its end, and whose reply counts until the client has it. */
    private final class Counted<Q, R> extends SimpleForwardingServerCall<Q, R> {
        private static final long ENDED = -1;

        private final @Nullable Rates metering;
        private final OpenCalls calls;
        private final Quotas present;
        private final AtomicLong unread = new AtomicLong();

        /** @param admitting null for a heartbeat: its reply is small, and its path everybody's */
        Counted(ServerCall<Q, R> call, @Nullable Rates admitting, OpenCalls calls, Quotas present) {
            super(call);
            this.metering = call.getMethodDescriptor().getType() == MethodType.UNARY ? admitting : null;
            this.calls = calls;
            this.present = present;
        }

        /** Streams send only what their client is ready for; the one reply of a unary call knows no such thing. */
        @Override
        public void sendMessage(R message) {
            if (metering != null) {
                int bytes = size(message);
                try {
                    calls.reply(bytes, present);
                } catch (RefusedException e) {
                    refuse(e);
                    return;
                }
                if (!unread.compareAndSet(0, bytes)) {
                    calls.release(bytes); // the client has gone meanwhile
                }
                if (bytes >= Rates.BYTES_OF_ONE_READ) {
                    metering.chargeRead(bytes); // those that admitted it, though there may be others by now
                }
            }
            super.sendMessage(message);
        }

        /** Replies come as messages, or as streams of their bytes, which know how many these are. */
        private int size(R message) {
            if (message instanceof MessageLite reply) {
                return reply.getSerializedSize();
            }
            try {
                return message instanceof KnownLength reply ? reply.available() : 0;
            } catch (IOException e) {
                throw new UncheckedIOException("a reply that cannot be read", e);
            }
        }

        void refuse(RefusedException why) {
            close(why.status().withCause(why), why.trailers());
        }

        ServerCall.Listener<Q> listening(ServerCall.Listener<Q> service) {
            return new SimpleForwardingServerCallListener<>(service) {
                @Override
                public void onCancel() {
                    ended();
                    super.onCancel();
                }

                @Override
                public void onComplete() {
                    ended();
                    super.onComplete();
                }
            };
        }

        void ended() {
            calls.release(Math.max(0, unread.getAndSet(ENDED)));
            calls.end();
        }
    }
}

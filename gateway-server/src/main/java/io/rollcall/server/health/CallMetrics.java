package io.rollcall.server.health;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Counts calls by method and outcome, and times those that are not streams. Calls of methods that do not exist are
 * counted together as {@code unknown}.
 *
 * <p>All meters are created at the start, so that a call needs no look-up by tags. Thread-safe.
 */
public final class CallMetrics extends ServerStreamTracer.Factory {
    private static final String UNKNOWN = "unknown";

    private final LongSupplier nanos;
    private final Map<String, Method> methods = new HashMap<>();
    private final Method unknown;

    /**
     * @param services all services that are served
     * @param nanos the monotonic clock
     */
    public CallMetrics(MeterRegistry registry, Collection<ServerServiceDefinition> services, LongSupplier nanos) {
        this.nanos = nanos;
        this.unknown = new Method(registry, UNKNOWN, false);
        for (ServerServiceDefinition service : services) {
            for (ServerMethodDefinition<?, ?> method : service.getMethods()) {
                MethodDescriptor<?, ?> descriptor = method.getMethodDescriptor();
                String name = descriptor.getFullMethodName();
                boolean isTimed = descriptor.getType().clientSendsOneMessage()
                        && descriptor.getType().serverSendsOneMessage();
                methods.put(name, new Method(registry, name, isTimed));
            }
        }
    }

    /** The meters of one method. */
    private static final class Method {
        private final Map<Status.Code, Counter> byCode = new EnumMap<>(Status.Code.class);
        private final Timer timer;
        private final boolean isTimed;

        Method(MeterRegistry registry, String name, boolean isTimed) {
            this.isTimed = isTimed;
            this.timer = Timer.builder("rollcall.call.duration")
                    .description("From the call's first byte to its end; streams are not timed")
                    .tag("method", name)
                    .serviceLevelObjectives(
                            Duration.ofMillis(1),
                            Duration.ofMillis(5),
                            Duration.ofMillis(25),
                            Duration.ofMillis(100),
                            Duration.ofMillis(500),
                            Duration.ofSeconds(2))
                    .register(registry);
            for (Status.Code code : Status.Code.values()) {
                byCode.put(
                        code,
                        Counter.builder("rollcall.calls")
                                .description("Calls that ended, by method and gRPC code")
                                .tag("method", name)
                                .tag("code", code.name())
                                .register(registry));
            }
        }

        void ended(Status.Code code, long took) {
            Counter counter = byCode.get(code);
            if (counter != null) {
                counter.increment();
            }
            if (isTimed) {
                timer.record(Duration.ofNanos(took));
            }
        }
    }

    @Override
    public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
        return new Call(methods.getOrDefault(fullMethodName, unknown), nanos.getAsLong());
    }

    private final class Call extends ServerStreamTracer {
        private final Method method;
        private final long began;

        Call(Method method, long began) {
            this.method = method;
            this.began = began;
        }

        @Override
        public void streamClosed(Status status) {
            method.ended(status.getCode(), nanos.getAsLong() - began);
        }
    }
}

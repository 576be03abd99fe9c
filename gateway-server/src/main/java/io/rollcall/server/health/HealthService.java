package io.rollcall.server.health;

import io.grpc.stub.StreamObserver;
import io.rollcall.server.config.Version;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.Replies;
import io.rollcall.server.identity.grpc.CurrentCall;
import io.rollcall.server.registry.NamespaceState;
import io.rollcall.server.registry.Registry;
import io.rollcall.server.registry.grpc.ReplyEnvelope;
import io.rollcall.v1.HealthCheckResponse;
import java.time.Clock;
import java.util.function.BooleanSupplier;

/** Answers HealthCheck, for every holder of a certificate, without a token. Thread-safe. */
public final class HealthService {
    private static final double MILLIS = 1e3;

    private final Registry registry;
    private final BooleanSupplier isServing;
    private final Clock clock;
    private final ReplyEnvelope envelope;

    /** @param isServing false once the gateway is shutting down */
    public HealthService(Registry registry, BooleanSupplier isServing, Clock clock) {
        this.registry = registry;
        this.isServing = isServing;
        this.clock = clock;
        this.envelope = new ReplyEnvelope(registry.id());
    }

    public void healthCheck(StreamObserver<HealthCheckResponse> reply) {
        if (!isServing.getAsBoolean()) {
            throw Refusal.SHUTTING_DOWN.because("the gateway is about to end; connect to another, or again later");
        }
        NamespaceState state = registry.of(CurrentCall.caller().namespace()).state();
        Replies.send(
                reply,
                envelope.on(HealthCheckResponse.newBuilder(), state)
                        .setStatus("healthy")
                        .setTimestamp(clock.millis() / MILLIS)
                        .setVersion(Version.current())
                        .build());
    }
}

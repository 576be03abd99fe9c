package io.rollcall.server.health;

import io.grpc.stub.StreamObserver;
import io.rollcall.server.config.Version;
import io.rollcall.server.failure.Replies;
import io.rollcall.server.identity.Caller;
import io.rollcall.server.registry.NamespaceState;
import io.rollcall.server.registry.Registry;
import io.rollcall.v1.HealthCheckResponse;
import java.time.Clock;

/** HealthCheck on the wire: for whoever holds a certificate, without a token. Thread-safe. */
public final class HealthService {
    private static final double MILLIS = 1e3;

    private final Registry registry;
    private final Clock clock;

    public HealthService(Registry registry, Clock clock) {
        this.registry = registry;
        this.clock = clock;
    }

    public void healthCheck(StreamObserver<HealthCheckResponse> reply) {
        NamespaceState state = registry.of(Caller.current().namespace()).state();
        Replies.send(
                reply,
                HealthCheckResponse.newBuilder()
                        .setStatus("healthy")
                        .setTimestamp(clock.millis() / MILLIS)
                        .setVersion(Version.current())
                        .setRevision(state.revision())
                        .setEpoch(state.bootstrap().epoch())
                        .setRegistryId(registry.id())
                        .setBranch(state.branch())
                        .build());
    }
}

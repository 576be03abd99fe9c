package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.rollcall.devcerts.Member;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.GetStatsRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A client that repeats calls by what gRPC brings along for it, and that knows nothing of ours. Its own pauses are so
 * short that its attempts are used up at once; it gets through because it is told when to come back, and obeys. Planted
 * bug: refusals with {@code RetryInfo} alone.
 */
class RetryPushbackIT {
    private static final Metadata.Key<String> PUSHBACK =
            Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);
    private static final Map<String, Object> RETRIES = Map.of(
            "methodConfig",
            List.of(Map.of(
                    "name",
                    List.of(Map.of()),
                    "retryPolicy",
                    Map.of(
                            "maxAttempts",
                            5.0,
                            "initialBackoff",
                            "0.001s",
                            "maxBackoff",
                            "0.001s",
                            "backoffMultiplier",
                            1.0,
                            "retryableStatusCodes",
                            List.of("RESOURCE_EXHAUSTED", "UNAVAILABLE")))));

    @TempDir
    private Path dir;

    /** One try of a call. */
    private static final class Attempt extends ClientStreamTracer {
        volatile long began;
        volatile @Nullable String told;
        volatile long ended;
        volatile @Nullable Status status;

        /** Not when it is made: that is before the pause. */
        @Override
        public void outboundHeaders() {
            began = System.nanoTime();
        }

        @Override
        public void inboundTrailers(Metadata trailers) {
            told = trailers.get(PUSHBACK);
        }

        @Override
        public void streamClosed(Status how) {
            status = how;
            ended = System.nanoTime();
        }
    }

    @Test
    void aBuiltInRetry_waitsAsLongAsItIsTold() throws Exception {
        try (GatewayProcess gateway = GatewayProcess.start(dir, "--quota-reads", "1")) {
            Member member = gateway.certs().namespace("alpha").node(1);
            try (MemberChannel node = new MemberChannel(gateway, member.credential(), member.token(), RETRIES)) {
                List<Attempt> attempts = List.of();
                for (int call = 0; call < 10 && attempts.size() < 2; call++) {
                    attempts = call(node);
                }
                assertThat(attempts)
                        .as("tries of the first call that was refused")
                        .hasSizeGreaterThan(1);
                for (int i = 1; i < attempts.size(); i++) {
                    Attempt refused = attempts.get(i - 1);
                    assertThat(refused.status.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
                    assertThat(Duration.ofNanos(attempts.get(i).began - refused.ended))
                            .as("the pause after a refusal that said " + refused.told)
                            .isGreaterThanOrEqualTo(Duration.ofMillis(Long.parseLong(refused.told))
                                    .minusMillis(5));
                }
            }
        }
    }

    /** @return its tries; fails where the last one does */
    private static List<Attempt> call(MemberChannel node) {
        List<Attempt> attempts = new CopyOnWriteArrayList<>();
        ClientStreamTracer.Factory tracer = new ClientStreamTracer.Factory() {
            @Override
            public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
                Attempt attempt = new Attempt();
                attempts.add(attempt);
                return attempt;
            }
        };
        var unused = ClientCalls.blockingUnaryCall(
                node.channel(),
                GatewayServiceGrpc.getGetStatsMethod(),
                CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS).withStreamTracerFactory(tracer),
                GetStatsRequest.getDefaultInstance());
        return attempts;
    }
}

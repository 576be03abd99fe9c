package io.rollcall.server.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import io.rollcall.devcerts.CertificateIssuer;
import io.rollcall.devcerts.CertificateSpec;
import io.rollcall.devcerts.Member;
import io.rollcall.devcerts.TokenSpec;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.testing.TestGate;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.HeartbeatRequest;
import io.rollcall.v1.HeartbeatResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** I2 at the gate, without waiting for anything: a call after the change, and a sweep when the test says so. */
class GateWithdrawalTest extends OpenGate {
    private final CertificateIssuer another = CertificateIssuer.selfSigned(CertificateSpec.authority("alpha"), clock);
    private String bundle;
    private String keys;

    @BeforeEach
    void remember() throws IOException {
        bundle = Files.readString(file("ca.pem"));
        keys = Files.readString(file("jwks.json"));
    }

    @AfterEach
    void restore() throws IOException {
        Files.writeString(file("ca.pem"), bundle);
        Files.writeString(file("jwks.json"), keys);
    }

    private static Path file(String name) {
        return certs.dir().resolve("alpha").resolve(name);
    }

    private void reload(String name, String content) throws IOException {
        Files.writeString(file(name), content);
        gate.reload("alpha");
    }

    /** A stream that the service leaves open, and how it ends. */
    private static final class Kept<M> implements StreamObserver<M> {
        final CountDownLatch begun = new CountDownLatch(1);
        final CompletableFuture<StatusRuntimeException> end = new CompletableFuture<>();

        @Override
        public void onNext(M message) {
            begun.countDown();
        }

        @Override
        public void onError(Throwable ended) {
            end.complete((StatusRuntimeException) ended);
        }

        @Override
        public void onCompleted() {
            end.completeExceptionally(new AssertionError("ended well"));
        }

        String reason() {
            return TestGate.reason(end.orTimeout(30, TimeUnit.SECONDS).join());
        }
    }

    private static Kept<HealthCheckResponse> healthOn(ManagedChannel channel) throws InterruptedException {
        Kept<HealthCheckResponse> stream = new Kept<>();
        HealthGrpc.newStub(channel).watch(HealthCheckRequest.getDefaultInstance(), stream);
        stream.begun.await();
        return stream;
    }

    private static Kept<ServerReflectionResponse> reflectionOn(ManagedChannel channel, String token)
            throws InterruptedException {
        Kept<ServerReflectionResponse> stream = new Kept<>();
        ServerReflectionGrpc.newStub(channel)
                .withCallCredentials(TestGate.bearer(token))
                .serverReflectionInfo(stream)
                .onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
        stream.begun.await();
        return stream;
    }

    @Test
    void i2_aCaTakenOut_refusesTheNextCall_andClosesTheConnection() throws Exception {
        var stub = gate.stub(node);
        stub.heartbeat(BEAT);
        reload("ca.pem", another.credential().certificatePem());

        assertRefused(Refusal.CREDENTIAL_WITHDRAWN, () -> stub.heartbeat(BEAT));
        await().until(() -> gate.open.get() == 0);
        assertThat(echo.reached).hasValue(1);
    }

    @Test
    void i2_aKeyTakenOut_refusesTheNextCall_ofCachedTokensToo() throws Exception {
        var stub = gate.stub(node);
        stub.heartbeat(BEAT);
        reload("jwks.json", "{\"keys\":[]}");

        assertRefused(Refusal.CREDENTIAL_WITHDRAWN, () -> stub.heartbeat(BEAT));
        assertRefused(Refusal.TOKEN_FOREIGN, () -> gate.stub(node).heartbeat(BEAT));
        assertThat(echo.reached).hasValue(1);
    }

    @Test
    void i2_aNamespaceThatIsGone_refusesTheNextCall() {
        var stub = gate.stub(node);
        stub.heartbeat(BEAT);
        gate.drop("alpha");

        assertRefused(Refusal.CREDENTIAL_WITHDRAWN, () -> stub.heartbeat(BEAT));
    }

    @Test
    void i2_theSweep_endsStreams_andConnectionsThatSayNothing() throws Exception {
        ManagedChannel channel = gate.channel(node.credential());
        Kept<HealthCheckResponse> health = healthOn(channel);
        gate.stub(node).heartbeat(BEAT); // and then nothing on this one
        Kept<HealthCheckResponse> foreign = healthOn(gate.channel(beta.node(3).credential()));
        reload("ca.pem", another.credential().certificatePem());
        gate.sweep();

        assertThat(health.reason()).isEqualTo(Refusal.CREDENTIAL_WITHDRAWN.name());
        await().until(() -> gate.open.get() == 1);
        assertThat(foreign.end).isNotDone();
    }

    @Test
    void i2_aWithdrawnToken_endsItsStream() throws Exception {
        Kept<ServerReflectionResponse> stream = reflectionOn(gate.channel(node.credential()), node.token());
        reload("jwks.json", "{\"keys\":[]}");
        gate.sweep();

        assertThat(stream.reason()).isEqualTo(Refusal.CREDENTIAL_WITHDRAWN.name());
    }

    /**
     * A call's request may come long after its headers, which were checked when they came. Planted bug: they are not
     * checked again.
     */
    @Test
    void i2_aCallHeldOpen_isRefused_whenItsRequestComesAfterTheWithdrawal() throws Exception {
        CompletableFuture<Status> end = new CompletableFuture<>();
        ClientCall<HeartbeatRequest, HeartbeatResponse> held =
                heldOpen(gate.channel(node.credential()), node.token(), end);
        await().until(() -> gate.heard.events().size() == 2); // connection and token: the headers have been checked
        reload("jwks.json", "{\"keys\":[]}");
        held.sendMessage(BEAT);
        held.halfClose();

        assertThat(end.get(30, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(echo.reached).hasValue(0);
    }

    @Test
    void aCallHeldOpen_endsWithItsToken() throws Exception {
        CompletableFuture<Status> end = new CompletableFuture<>();
        ClientCall<HeartbeatRequest, HeartbeatResponse> held =
                heldOpen(gate.channel(node.credential()), halfAnHourOf(node), end);
        await().until(() -> gate.heard.events().size() == 2);
        clock.advance(Duration.ofMinutes(31)); // its certificate is good for long
        held.sendMessage(BEAT);
        held.halfClose();

        assertThat(end.get(30, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(echo.reached).hasValue(0);
    }

    private static String halfAnHourOf(Member member) throws Exception {
        TokenSpec spec =
                alpha.tokens().specFor(member.credential().certificate()).expiresAt(NOW.plus(Duration.ofMinutes(30)));
        return alpha.tokens().token(spec);
    }

    private static ClientCall<HeartbeatRequest, HeartbeatResponse> heldOpen(
            ManagedChannel channel, String token, CompletableFuture<Status> end) {
        ClientCall<HeartbeatRequest, HeartbeatResponse> call = channel.newCall(
                // As a stream: of a call with one message grpc's client sends the headers only with that.
                GatewayServiceGrpc.getHeartbeatMethod().toBuilder()
                        .setType(MethodType.BIDI_STREAMING)
                        .build(),
                CallOptions.DEFAULT.withCallCredentials(TestGate.bearer(token)));
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        end.complete(status);
                    }
                },
                new Metadata());
        call.request(1);
        return call;
    }

    @Test
    void aReloadThatStillVouches_disturbsNobody_andIsCheckedOnce() throws Exception {
        ManagedChannel channel = gate.channel(node.credential());
        Kept<ServerReflectionResponse> stream = reflectionOn(channel, node.token());
        var stub = GatewayServiceGrpc.newBlockingStub(channel).withCallCredentials(TestGate.bearer(node.token()));
        stub.heartbeat(BEAT);
        reload("ca.pem", bundle + another.credential().certificatePem());
        gate.sweep();
        gate.sweep();
        for (int i = 0; i < 100; i++) {
            stub.heartbeat(BEAT);
        }

        assertThat(stream.end).isNotDone();
        assertThat(gate.connections).hasValue(1);
        assertThat(gate.tokens.verifications()).isEqualTo(2);
    }

    @Test
    void aStream_endsWithItsToken_notWithALaterOne() throws Exception {
        ManagedChannel channel = gate.channel(node.credential());
        Kept<ServerReflectionResponse> stream = reflectionOn(channel, halfAnHourOf(node));
        var later = GatewayServiceGrpc.newBlockingStub(channel).withCallCredentials(TestGate.bearer(node.token()));
        later.heartbeat(BEAT);
        clock.advance(Duration.ofMinutes(30).plusSeconds(29));
        gate.sweep();
        assertThat(stream.end).isNotDone();
        clock.advance(Duration.ofSeconds(1));
        gate.sweep();

        assertThat(stream.reason()).isEqualTo(Refusal.TOKEN_EXPIRED.name());
        later.heartbeat(BEAT);
        assertThat(gate.connections).as("the connection goes on").hasValue(1);
    }

    @Test
    void aStream_endsWithItsCertificate() throws Exception {
        Duration minutes = Duration.ofMinutes(5);
        Instant end = NOW.plus(minutes).truncatedTo(ChronoUnit.SECONDS); // certificates know no parts of a second
        Member soonOver = alpha.mint(alpha.nodeSpec(3).validity(NOW.minus(minutes), end));
        Kept<HealthCheckResponse> stream = healthOn(gate.channel(soonOver.credential()));
        clock.advance(Duration.between(NOW, end));
        gate.sweep();
        assertThat(gate.heard.events()).containsExactly("connected");
        clock.advance(Duration.ofMillis(1));
        gate.sweep();

        assertThat(stream.reason()).isEqualTo(Refusal.CERTIFICATE_REQUIRED.name());
    }

    @Test
    void aConnectionThatClosed_isForgotten_andItsStreamsToo() throws Exception {
        ManagedChannel channel = gate.channel(node.credential());
        Kept<HealthCheckResponse> stream = healthOn(channel);
        channel.shutdownNow();
        stream.end.handle((end, failure) -> end).join();

        await().until(() -> gate.open.get() == 0);
        await().until(() -> gate.known() == 0); // forgotten just after it is counted out
    }
}

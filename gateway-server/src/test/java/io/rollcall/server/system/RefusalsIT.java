package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.rpc.ErrorInfo;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import io.rollcall.devcerts.Credential;
import io.rollcall.devcerts.DevCerts;
import io.rollcall.devcerts.DevNamespace;
import io.rollcall.devcerts.Member;
import io.rollcall.devcerts.TokenSpec;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.GatewayServiceGrpc.GatewayServiceBlockingStub;
import io.rollcall.v1.GetStatsRequest;
import io.rollcall.v1.HealthCheckRequest;
import io.rollcall.v1.HeartbeatRequest;
import io.rollcall.v1.HeartbeatResponse;
import io.rollcall.v1.RegisterNodeRequest;
import io.rollcall.v1.RemoveNodeRequest;
import io.rollcall.v1.ResetBootstrapRequest;
import io.rollcall.v1.UpdateLeaderRequest;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is turned away from the real process, with which code and reason, and that nothing changes anywhere. */
class RefusalsIT {
    @TempDir
    private static Path dir;

    private static GatewayProcess gateway;
    private static DevNamespace alpha;
    private static DevNamespace beta;

    private long alphaBefore;
    private long betaBefore;

    @BeforeAll
    static void start() throws Exception {
        gateway = GatewayProcess.start(dir);
        DevCerts certs = gateway.certs();
        alpha = certs.namespace("alpha");
        beta = certs.namespace("beta");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @BeforeEach
    void rememberRevisions() throws Exception {
        alphaBefore = revision(alpha);
        betaBefore = revision(beta);
    }

    @AfterEach
    void nothingChangedAnywhere() throws Exception {
        assertThat(revision(alpha)).isEqualTo(alphaBefore);
        assertThat(revision(beta)).isEqualTo(betaBefore);
    }

    @Test
    void aTokenOfAnotherNamespace() throws Exception {
        assertUnauthenticated(alpha.node(1).credential(), beta.node(1).token(), "TOKEN_FOREIGN");
    }

    @Test
    void aTokenOfAnotherNodeOfTheSameNamespace() throws Exception {
        assertUnauthenticated(alpha.node(1).credential(), alpha.node(2).token(), "TOKEN_FOREIGN");
    }

    @Test
    void noToken() throws Exception {
        assertUnauthenticated(alpha.node(1).credential(), null, "TOKEN_MISSING");
    }

    @Test
    void aTokenThatIsNone() throws Exception {
        assertUnauthenticated(alpha.node(1).credential(), "not.a.token", "TOKEN_MALFORMED");
    }

    @Test
    void anExpiredToken() throws Exception {
        Instant now = Instant.now();
        assertUnauthenticated(
                token(spec -> spec.issuedAt(now.minusSeconds(7200)).expiresAt(now.minusSeconds(3600))),
                "TOKEN_EXPIRED");
    }

    @Test
    void aTokenBoundToAnotherCertificate() throws Exception {
        Credential twin = alpha.mint(alpha.nodeSpec(1)).credential();
        assertUnauthenticated(token(spec -> spec.boundTo(twin.certificate())), "TOKEN_UNBOUND");
    }

    @Test
    void aTokenBoundToNoCertificate() throws Exception {
        assertUnauthenticated(token(TokenSpec::unbound), "TOKEN_UNBOUND");
    }

    @Test
    void anUnsignedToken() throws Exception {
        String unsigned = token(TokenSpec::unsigned);
        try (MemberChannel member = new MemberChannel(gateway, alpha.node(1).credential(), unsigned)) {
            assertThat(refusalOf(member.channel()).getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
        }
    }

    @Test
    void aCertificateByAnotherNamespacesCa_failsTheHandshake() throws Exception {
        Credential forged = beta.issuer().certificate(alpha.nodeSpec(1));
        String bound = alpha.tokens().token(alpha.tokens().specFor(forged.certificate()));
        assertHandshakeFails(forged, bound);
    }

    @Test
    void noCertificate_failsTheHandshake() throws Exception {
        assertHandshakeFails(null, alpha.node(1).token());
    }

    @Test
    void aNode_actingForAnother() throws Exception {
        try (MemberChannel member = channel(alpha.node(1))) {
            GatewayServiceBlockingStub stub = GatewayServiceGrpc.newBlockingStub(member.channel());
            assertDenied(() -> stub.registerNode(registration(2)));
            assertDenied(() ->
                    stub.heartbeat(HeartbeatRequest.newBuilder().setNodeId(2).build()));
            assertDenied(() ->
                    stub.removeNode(RemoveNodeRequest.newBuilder().setNodeId(2).build()));
        }
    }

    @Test
    void anOperator_actingAsANode() throws Exception {
        try (MemberChannel operator = channel(alpha.operator())) {
            GatewayServiceBlockingStub stub = GatewayServiceGrpc.newBlockingStub(operator.channel());
            assertDenied(() -> stub.registerNode(registration(1)));
            assertDenied(() -> stub.updateLeader(
                    UpdateLeaderRequest.newBuilder().setLeaderId(1).build()));
        }
    }

    @Test
    void aNode_resettingTheBootstrap() throws Exception {
        try (MemberChannel member = channel(alpha.node(1))) {
            assertDenied(() -> GatewayServiceGrpc.newBlockingStub(member.channel())
                    .resetBootstrap(ResetBootstrapRequest.newBuilder()
                            .setForce(true)
                            .setReason("because")
                            .build()));
        }
    }

    @Test
    void aStreamOfHeartbeats_forAnotherNode_orByAnOperator() throws Exception {
        try (MemberChannel member = channel(alpha.node(1));
                MemberChannel operator = channel(alpha.operator())) {
            assertDenied(() -> beatOnStream(member.channel(), 2));
            assertDenied(() -> beatOnStream(operator.channel(), 1));
        }
    }

    /** Sends one heartbeat on a stream, and throws what ended the stream. */
    private static void beatOnStream(Channel channel, int node) {
        CompletableFuture<HeartbeatResponse> answer = new CompletableFuture<>();
        GatewayServiceGrpc.newStub(channel)
                .keepAlive(new StreamObserver<>() {
                    @Override
                    public void onNext(HeartbeatResponse response) {
                        answer.complete(response);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        answer.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {
                        answer.cancel(false);
                    }
                })
                .onNext(HeartbeatRequest.newBuilder().setNodeId(node).build());
        try {
            answer.orTimeout(30, TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof StatusRuntimeException refusal ? refusal : e;
        }
    }

    @Test
    void aBadField_isNamed_withWhatWasExpected() throws Exception {
        try (MemberChannel member = channel(alpha.node(1))) {
            GatewayServiceBlockingStub stub = GatewayServiceGrpc.newBlockingStub(member.channel());
            assertBadField(() -> stub.registerNode(registration(0)), "node_id: 0 (expected: 1..2147483647)");
            assertBadField(
                    () -> stub.registerNode(
                            registration(1).toBuilder().setPort(70000).build()),
                    "port: 70000 (expected: 1..65535)");
            assertBadField(
                    () -> stub.registerNode(
                            registration(1).toBuilder().setIpAddress("<script>").build()),
                    "ip_address: (expected: an IP address or a host name)");
            assertBadField(
                    () -> stub.registerNode(registration(1).toBuilder()
                            .putMetadata("name", "a\u202Eb")
                            .build()),
                    "metadata values: a character that cannot be seen (expected: no control or formatting characters)");
            assertBadField(
                    () -> stub.updateLeader(UpdateLeaderRequest.newBuilder()
                            .setLeaderId(1)
                            .setTerm(0)
                            .build()),
                    "term: 0 (expected: 1 or more)");
        }
    }

    @Test
    void theHealthCheck_needsACertificate_andNoToken() throws Exception {
        try (MemberChannel member = new MemberChannel(gateway, alpha.node(1).credential(), null)) {
            assertThat(GatewayServiceGrpc.newBlockingStub(member.channel())
                            .healthCheck(HealthCheckRequest.getDefaultInstance())
                            .getStatus())
                    .isEqualTo("healthy");
        }
    }

    private static String token(UnaryOperator<TokenSpec> change) {
        return alpha.tokens()
                .token(change.apply(
                        alpha.tokens().specFor(alpha.node(1).credential().certificate())));
    }

    private static void assertUnauthenticated(String token, String reason) throws Exception {
        assertUnauthenticated(alpha.node(1).credential(), token, reason);
    }

    private static void assertUnauthenticated(Credential credential, @Nullable String token, String reason)
            throws Exception {
        try (MemberChannel member = new MemberChannel(gateway, credential, token)) {
            StatusRuntimeException refusal = refusalOf(member.channel());
            assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
            assertThat(reason(refusal)).isEqualTo(reason);
            assertThat(refusal.getMessage()).doesNotContain("beta");
        }
    }

    private static void assertHandshakeFails(@Nullable Credential credential, String token) throws Exception {
        try (MemberChannel member = new MemberChannel(gateway, credential, token)) {
            assertThat(refusalOf(member.channel()).getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        }
    }

    private static StatusRuntimeException refusalOf(Channel channel) {
        return refusalOf(() -> GatewayServiceGrpc.newBlockingStub(channel).registerNode(registration(1)));
    }

    private static StatusRuntimeException refusalOf(Runnable call) {
        StatusRuntimeException refusal = catchThrowableOfType(StatusRuntimeException.class, call::run);
        assertThat(refusal).as("refused").isNotNull();
        return refusal;
    }

    private static void assertDenied(Runnable call) {
        StatusRuntimeException refusal = refusalOf(call);
        assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(reason(refusal)).isEqualTo("NOT_PERMITTED");
    }

    private static void assertBadField(Runnable call, String message) {
        StatusRuntimeException refusal = refusalOf(call);
        assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(refusal.getStatus().getDescription()).isEqualTo(message);
        assertThat(reason(refusal)).isEqualTo("BAD_FIELD");
    }

    private static String reason(StatusRuntimeException refusal) {
        com.google.rpc.Status status = StatusProto.fromThrowable(refusal);
        assertThat(status).isNotNull();
        try {
            return status.getDetails(0).unpack(ErrorInfo.class).getReason();
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private static long revision(DevNamespace namespace) throws Exception {
        try (MemberChannel operator = channel(namespace.operator())) {
            return GatewayServiceGrpc.newBlockingStub(operator.channel())
                    .getStats(GetStatsRequest.getDefaultInstance())
                    .getRevision();
        }
    }

    private static MemberChannel channel(Member member) throws Exception {
        return new MemberChannel(gateway, member.credential(), member.token());
    }

    private static RegisterNodeRequest registration(int id) {
        return RegisterNodeRequest.newBuilder()
                .setNodeId(id)
                .setIpAddress("10.0.0.1")
                .setPort(5000)
                .build();
    }
}

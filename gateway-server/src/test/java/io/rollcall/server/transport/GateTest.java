package io.rollcall.server.transport;

import static io.rollcall.server.testing.TestPki.uri;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.PlainJWT;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.stub.ClientCalls;
import io.rollcall.server.access.MethodPermissions;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.testing.EchoService;
import io.rollcall.server.testing.SettableClock;
import io.rollcall.server.testing.TestGate;
import io.rollcall.server.testing.TestPki;
import io.rollcall.server.testing.TestPki.Identity;
import io.rollcall.server.testing.TestPki.Leaf;
import io.rollcall.server.testing.TestPki.Tenant;
import io.rollcall.server.testing.TokenDraft;
import io.rollcall.v1.*;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The gate as attackers and members meet it: real sockets, real TLS, two tenants. */
class GateTest {
    private static final Instant NOW = Instant.now();
    private static final HeartbeatRequest BEAT =
            HeartbeatRequest.newBuilder().setNodeId(3).build();

    private static TestPki pki;
    private static Tenant alpha;
    private static Tenant beta;
    private static Identity node;
    private static Identity betaNode;
    private static Identity operator;

    private final SettableClock clock = new SettableClock(NOW);
    private final EchoService echo = new EchoService();
    private TestGate gate;

    @BeforeAll
    static void mint(@TempDir Path directory) {
        pki = new TestPki(directory, NOW, "alpha", "beta", "loose");
        alpha = pki.tenant("alpha");
        beta = pki.tenant("beta");
        node = alpha.node(3);
        betaNode = beta.node(3);
        operator = alpha.operator("admin");
    }

    @BeforeEach
    void open() {
        gate = new TestGate(pki, clock, echo, pki.tenant("loose").config(false));
    }

    @AfterEach
    void close() {
        gate.close();
    }

    private static StatusRuntimeException refused(Runnable call) {
        return catchThrowableOfType(StatusRuntimeException.class, call::run);
    }

    private void assertRefused(Refusal expected, Runnable call) {
        StatusRuntimeException refused = refused(call);
        assertThat(refused).as("went through").isNotNull();
        assertThat(TestGate.reason(refused)).as(refused.getMessage()).isEqualTo(expected.name());
        assertThat(refused.getStatus().getCode()).isEqualTo(expected.code());
    }

    // --- certificates

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void certificateAndToken_thatAgree_areLetIn(String protocol) {
        var stub = GatewayServiceGrpc.newBlockingStub(gate.channel(node, protocol))
                .withCallCredentials(TestGate.bearer(alpha.token(node).sign()));

        assertThat(stub.heartbeat(BEAT).getStatus()).isEqualTo("alpha/node/3");
    }

    record BadIdentity(String what, Identity identity) {
        @Override
        public String toString() {
            return what;
        }
    }

    static Stream<BadIdentity> identitiesThatNobodyVouchesFor() {
        String three = uri("alpha", "node", "3");
        return Stream.of(
                new BadIdentity("no certificate", null),
                bad("another tenant's CA", beta, leaf -> leaf.withUris(three)),
                bad("two URI SANs", alpha, leaf -> leaf.withUris(three, uri("beta", "node", "3"))),
                bad("CA leaf", alpha, leaf -> leaf.withUris(three).asCa()),
                bad("percent-encoding", alpha, leaf -> leaf.withUris(uri("alph%61", "node", "3"))),
                bad("no keyUsage", alpha, leaf -> leaf.withUris(three).withKeyUsage(0)),
                bad("keyAgreement only", alpha, leaf -> leaf.withUris(three).withKeyUsage(KeyUsage.keyAgreement)),
                bad("expired", alpha, leaf -> leaf.withUris(three).validFor(Duration.ofSeconds(-1))),
                new BadIdentity("self-signed", TestPki.selfSigned("CN=CA of alpha", NOW)));
    }

    private static BadIdentity bad(String what, Tenant issuer, UnaryOperator<Leaf> change) {
        return new BadIdentity(what, issuer.issue(change));
    }

    @ParameterizedTest
    @MethodSource("identitiesThatNobodyVouchesFor")
    void withoutAnAcceptedCertificate_theHandshakeFails(BadIdentity bad) {
        for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
            var stub = GatewayServiceGrpc.newBlockingStub(gate.channel(bad.identity, protocol))
                    .withCallCredentials(TestGate.bearer(alpha.token(node).sign()));

            StatusRuntimeException refused = refused(() -> stub.healthCheck(HealthCheckRequest.getDefaultInstance()));

            assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        }
        assertThat(gate.connections).hasValue(0);
        assertThat(echo.reached).hasValue(0);
    }

    @Test
    void aCertificateThatEndsOnAnOpenConnection_isNotHonoured() {
        Identity brief =
                alpha.issue(leaf -> leaf.withUris(uri("alpha", "node", "3")).validFor(Duration.ofMinutes(5)));
        var stub = gate.stub(brief, alpha.token(brief).sign());
        stub.heartbeat(BEAT);
        clock.advance(Duration.ofMinutes(6));

        assertRefused(Refusal.CERTIFICATE_REQUIRED, () -> stub.heartbeat(BEAT));
    }

    // --- tokens

    record Attack(String what, Refusal expected, String token) {
        @Override
        public String toString() {
            return what;
        }
    }

    static Stream<Attack> tokensThatAreRefused() throws Exception {
        Identity sameNameOtherKey = alpha.node(3);
        byte[] publicKey = alpha.rsaKey.toRSAPublicKey().getEncoded();
        String[] good = alpha.token(node).sign().split("\\.");
        return Stream.of(
                new Attack("none", Refusal.TOKEN_MISSING, null),
                new Attack("empty", Refusal.TOKEN_MALFORMED, ""),
                new Attack("not a JWT", Refusal.TOKEN_MALFORMED, "token"),
                new Attack("not JSON", Refusal.TOKEN_MALFORMED, "e30.e30.e30"),
                new Attack("no signature", Refusal.TOKEN_MALFORMED, good[0] + "." + good[1] + "."),
                new Attack(
                        "another signature",
                        Refusal.TOKEN_FOREIGN,
                        good[0] + "." + good[1] + "."
                                + alpha.token(betaNode).sign().split("\\.")[2]),
                new Attack(
                        "alg none",
                        Refusal.TOKEN_MALFORMED,
                        new PlainJWT(alpha.token(node).claims()).serialize()),
                new Attack(
                        "alg none, signed by nobody",
                        Refusal.TOKEN_MALFORMED,
                        encode("{\"alg\":\"none\",\"kid\":\"alpha-ec\"}") + "." + good[1] + "." + good[2]),
                new Attack(
                        "HS256 with the public key",
                        Refusal.TOKEN_FOREIGN,
                        alpha.token(node)
                                .signedBy(JWSAlgorithm.HS256, new MACSigner(publicKey))
                                .header(header -> header.keyID("alpha-rsa"))
                                .sign()),
                new Attack(
                        "PS256 with an RS256 key",
                        Refusal.TOKEN_FOREIGN,
                        alpha.token(node).byRsa(JWSAlgorithm.PS256).sign()),
                new Attack(
                        "another tenant's token",
                        Refusal.TOKEN_FOREIGN,
                        beta.token(betaNode).sign()),
                new Attack(
                        "about me, by another tenant",
                        Refusal.TOKEN_FOREIGN,
                        beta.token(node).sign()),
                new Attack(
                        "another tenant's key under my kid",
                        Refusal.TOKEN_FOREIGN,
                        alpha.token(node)
                                .signedBy(JWSAlgorithm.ES256, new ECDSASigner(beta.ecKey))
                                .sign()),
                spoiled("another tenant's issuer", Refusal.TOKEN_FOREIGN, t -> t.claim("iss", beta.issuer())),
                spoiled("wrong kid", Refusal.TOKEN_FOREIGN, t -> t.header(header -> header.keyID("beta-ec"))),
                spoiled("no kid", Refusal.TOKEN_MALFORMED, t -> t.header(header -> header.keyID(null))),
                spoiled(
                        "jku",
                        Refusal.TOKEN_MALFORMED,
                        t -> t.header(header -> header.jwkURL(URI.create("https://evil.example/jwks")))),
                spoiled(
                        "x5u",
                        Refusal.TOKEN_MALFORMED,
                        t -> t.header(header -> header.x509CertURL(URI.create("https://evil.example/x")))),
                spoiled("jwk", Refusal.TOKEN_MALFORMED, t -> t.header(header -> header.jwk(alpha.ecKey.toPublicJWK()))),
                spoiled(
                        "crit",
                        Refusal.TOKEN_MALFORMED,
                        t -> t.header(
                                header -> header.criticalParams(Set.of("exp")).customParam("exp", 1))),
                spoiled(
                        "typ of something else",
                        Refusal.TOKEN_MALFORMED,
                        t -> t.header(header -> header.type(new JOSEObjectType("logout+jwt")))),
                spoiled("oversized", Refusal.TOKEN_MALFORMED, t -> t.claim("pad", "x".repeat(4096))),
                spoiled("no iss", Refusal.TOKEN_MALFORMED, t -> t.claim("iss", null)),
                spoiled("no sub", Refusal.TOKEN_MALFORMED, t -> t.claim("sub", null)),
                spoiled("no aud", Refusal.TOKEN_MALFORMED, t -> t.claim("aud", null)),
                spoiled("no exp", Refusal.TOKEN_MALFORMED, t -> t.claim("exp", null)),
                spoiled("no iat", Refusal.TOKEN_MALFORMED, t -> t.claim("iat", null)),
                spoiled("no jti", Refusal.TOKEN_MALFORMED, t -> t.claim("jti", null)),
                spoiled("no cnf", Refusal.TOKEN_UNBOUND, t -> t.claim("cnf", null)),
                spoiled("exp of another type", Refusal.TOKEN_MALFORMED, t -> t.claim("exp", "tomorrow")),
                spoiled("cnf of another type", Refusal.TOKEN_MALFORMED, t -> t.claim("cnf", "x")),
                spoiled("cnf of another kind", Refusal.TOKEN_UNBOUND, t -> t.claim("cnf", Map.of("jkt", "x"))),
                spoiled("another audience", Refusal.TOKEN_FOREIGN, t -> t.claim("aud", "other")),
                spoiled("another node's", Refusal.TOKEN_FOREIGN, t -> t.claim("sub", uri("alpha", "node", "4"))),
                new Attack(
                        "bound to another certificate",
                        Refusal.TOKEN_UNBOUND,
                        alpha.token(sameNameOtherKey).sign()),
                spoiled("expired", Refusal.TOKEN_EXPIRED, t -> t.issued(NOW.minusSeconds(600))
                        .expires(NOW.minusSeconds(31))),
                spoiled("lifetime over the cap", Refusal.TOKEN_MALFORMED, t -> t.expires(NOW.plusSeconds(3601))),
                spoiled("ends before it begins", Refusal.TOKEN_MALFORMED, t -> t.expires(NOW.minusSeconds(2))),
                spoiled("iat in the future", Refusal.TOKEN_MALFORMED, t -> t.issued(NOW.plusSeconds(60))),
                spoiled(
                        "nbf in the future",
                        Refusal.TOKEN_MALFORMED,
                        t -> t.claim("nbf", Date.from(NOW.plusSeconds(60)))));
    }

    private static Attack spoiled(String what, Refusal expected, UnaryOperator<TokenDraft> spoil) {
        return new Attack(what, expected, spoil.apply(alpha.token(node)).sign());
    }

    private static String encode(String json) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(json.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @MethodSource("tokensThatAreRefused")
    void aTokenThatDoesNotAgree_isRefused_beforeTheService(Attack attack) {
        var stub = gate.stub(node, attack.token);

        assertRefused(attack.expected, () -> stub.heartbeat(BEAT));

        assertThat(echo.reached).hasValue(0);
        String message = refused(() -> stub.heartbeat(BEAT)).getMessage();
        assertThat(message).doesNotContain("beta").doesNotContain("evil");
        if (attack.token != null && attack.token.length() > 20) {
            assertThat(message).doesNotContain(attack.token.substring(0, 20));
        }
    }

    static Stream<Attack> tokensAtTheEdge() {
        return Stream.of(
                spoiled("just within the skew", Refusal.INTERNAL, t -> t.issued(NOW.minusSeconds(600))
                        .expires(NOW.minusSeconds(28))),
                spoiled("issued by a clock ahead", Refusal.INTERNAL, t -> t.issued(NOW.plusSeconds(29))
                        .claim("nbf", Date.from(NOW.plusSeconds(29)))),
                spoiled("several audiences", Refusal.INTERNAL, t -> t.claim("aud", List.of("x", TestPki.AUDIENCE))),
                spoiled("typ JWT", Refusal.INTERNAL, t -> t.header(header -> header.type(JOSEObjectType.JWT))),
                spoiled("the other key", Refusal.INTERNAL, t -> t.byRsa(JWSAlgorithm.RS256)));
    }

    @ParameterizedTest
    @MethodSource("tokensAtTheEdge")
    void aTokenJustWithinTheRules_isLetIn(Attack harmless) {
        assertThat(gate.stub(node, harmless.token).heartbeat(BEAT).getStatus()).isEqualTo("alpha/node/3");
    }

    @Test
    void whereBindingIsNotRequired_aPlainTokenWill_butAWrongBindingWillNot() {
        Tenant loose = pki.tenant("loose");
        Identity member = loose.node(3);

        assertThat(gate.stub(member, loose.token(member).claim("cnf", null).sign())
                        .heartbeat(BEAT)
                        .getStatus())
                .isEqualTo("loose/node/3");
        assertRefused(
                Refusal.TOKEN_UNBOUND,
                () -> gate.stub(member, loose.token(loose.node(3)).sign()).heartbeat(BEAT));
    }

    @Test
    void aThousandHeartbeats_areOneVerification() {
        var stub = gate.stub(node, alpha.token(node).sign());
        for (int i = 0; i < 1000; i++) {
            stub.heartbeat(BEAT);
        }
        assertThat(echo.reached).hasValue(1000);
        assertThat(gate.tokens.verifications()).isEqualTo(1);
    }

    @Test
    void aNewConnectionWithTheSameToken_isNoNewVerification_butAnotherCertificateIs() {
        String token = alpha.token(node).sign();
        gate.stub(node, token).heartbeat(BEAT);
        gate.stub(node, token).heartbeat(BEAT);
        assertThat(gate.tokens.verifications()).isEqualTo(1);

        assertRefused(
                Refusal.TOKEN_UNBOUND, () -> gate.stub(alpha.node(3), token).heartbeat(BEAT));
        assertThat(gate.tokens.verifications()).isEqualTo(2);
    }

    @Test
    void aVerifiedToken_diesAtItsExpiry() {
        String token = alpha.token(node).sign();
        var stub = gate.stub(node, token);
        stub.heartbeat(BEAT);
        clock.advance(Duration.ofMinutes(30).plusSeconds(29));
        stub.heartbeat(BEAT);
        clock.advance(Duration.ofSeconds(1));

        assertRefused(Refusal.TOKEN_EXPIRED, () -> stub.heartbeat(BEAT));
        assertRefused(Refusal.TOKEN_EXPIRED, () -> gate.stub(node, token).heartbeat(BEAT));
    }

    @Test
    void aGoodToken_doesNotOpenTheDoorForTheNextBadOne() {
        var channel = gate.channel(node);
        var stub = GatewayServiceGrpc.newBlockingStub(channel);
        stub.withCallCredentials(TestGate.bearer(alpha.token(node).sign())).heartbeat(BEAT);

        assertRefused(Refusal.TOKEN_MISSING, () -> stub.heartbeat(BEAT));
        assertRefused(Refusal.TOKEN_FOREIGN, () -> stub.withCallCredentials(
                        TestGate.bearer(beta.token(betaNode).sign()))
                .heartbeat(BEAT));
    }

    // --- permissions

    @Test
    void aNode_actsForItselfOnly() {
        var stub = gate.stub(node, alpha.token(node).sign());
        StatusRuntimeException refused = refused(
                () -> stub.heartbeat(HeartbeatRequest.newBuilder().setNodeId(7).build()));

        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(refused.getStatus().getDescription())
                .isEqualTo("node_id: 7 (expected: 3, the node of your certificate)");
        assertRefused(
                Refusal.NOT_PERMITTED,
                () -> stub.registerNode(
                        RegisterNodeRequest.newBuilder().setNodeId(7).build()));
        assertRefused(
                Refusal.NOT_PERMITTED,
                () -> stub.removeNode(
                        RemoveNodeRequest.newBuilder().setNodeId(7).build()));
        assertThat(echo.reached).hasValue(0);

        assertThat(stub.registerNode(
                                RegisterNodeRequest.newBuilder().setNodeId(3).build())
                        .getMessage())
                .isEqualTo("alpha/node/3");
        stub.removeNode(RemoveNodeRequest.newBuilder().setNodeId(3).build());
        stub.updateLeader(UpdateLeaderRequest.newBuilder().setLeaderId(7).build());
        stub.getNodes(GetNodesRequest.getDefaultInstance());
        stub.getLeader(GetLeaderRequest.getDefaultInstance());
        stub.getStats(GetStatsRequest.getDefaultInstance());
        assertThat(echo.reached).hasValue(6);
    }

    @Test
    void anOperator_readsAndRemoves_butIsNoMember() {
        var stub = gate.stub(operator, alpha.token(operator).sign());

        assertRefused(Refusal.NOT_PERMITTED, () -> stub.heartbeat(BEAT));
        assertRefused(
                Refusal.NOT_PERMITTED,
                () -> stub.registerNode(
                        RegisterNodeRequest.newBuilder().setNodeId(3).build()));
        assertRefused(Refusal.NOT_PERMITTED, () -> stub.updateLeader(UpdateLeaderRequest.getDefaultInstance()));
        assertThat(echo.reached).hasValue(0);

        assertThat(stub.removeNode(RemoveNodeRequest.newBuilder().setNodeId(7).build())
                        .getMessage())
                .isEqualTo("alpha/operator/admin");
        stub.getNodes(GetNodesRequest.getDefaultInstance());
        stub.getLeader(GetLeaderRequest.getDefaultInstance());
        stub.getStats(GetStatsRequest.getDefaultInstance());
        assertThat(echo.reached).hasValue(4);
    }

    @Test
    void health_needsACertificate_andNoToken() {
        var channel = gate.channel(node);

        assertThat(GatewayServiceGrpc.newBlockingStub(channel)
                        .healthCheck(HealthCheckRequest.getDefaultInstance())
                        .getStatus())
                .isEqualTo("alpha/node/3");
        assertThat(HealthGrpc.newBlockingStub(channel)
                        .check(io.grpc.health.v1.HealthCheckRequest.getDefaultInstance())
                        .getStatus())
                .isEqualTo(ServingStatus.SERVING);
        assertThat(gate.tokens.verifications()).isZero();
    }

    @Test
    void reflection_isForAuthenticatedCallers() {
        var method = ServerReflectionGrpc.getServerReflectionInfoMethod().toBuilder()
                .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
                .build();
        var list = ServerReflectionRequest.newBuilder().setListServices("").build();
        var channel = gate.channel(node);
        var withToken = io.grpc.CallOptions.DEFAULT.withCallCredentials(
                TestGate.bearer(alpha.token(node).sign()));

        assertThat(ClientCalls.blockingServerStreamingCall(channel, method, withToken, list)
                        .next()
                        .getListServicesResponse()
                        .getServiceCount())
                .isPositive();
        assertRefused(Refusal.TOKEN_MISSING, () -> ClientCalls.blockingServerStreamingCall(
                        channel, method, io.grpc.CallOptions.DEFAULT, list)
                .next());
    }

    // --- the bare name

    private <Q, R> R bare(io.grpc.MethodDescriptor<Q, R> method, Q request, String name, String token) {
        var renamed =
                method.toBuilder().setFullMethodName("GatewayService/" + name).build();
        return ClientCalls.blockingUnaryCall(
                gate.channel(node),
                renamed,
                io.grpc.CallOptions.DEFAULT.withCallCredentials(TestGate.bearer(token)),
                request);
    }

    @Test
    void theBareName_servesTheEightMethods_underTheSameRules() {
        String token = alpha.token(node).sign();
        assertThat(bare(GatewayServiceGrpc.getHeartbeatMethod(), BEAT, "Heartbeat", token)
                        .getStatus())
                .isEqualTo("alpha/node/3");
        assertRefused(
                Refusal.TOKEN_MISSING, () -> bare(GatewayServiceGrpc.getHeartbeatMethod(), BEAT, "Heartbeat", null));
        assertThat(refused(() -> bare(GatewayServiceGrpc.getHeartbeatMethod(), BEAT, "KeepAlive", token))
                        .getStatus()
                        .getCode())
                .isEqualTo(Status.Code.UNIMPLEMENTED);
        assertThat(LegacyServiceName.of(echo.bindService()).getMethods())
                .extracting(method -> method.getMethodDescriptor().getBareMethodName())
                .containsExactlyInAnyOrderElementsOf(MethodPermissions.BARE_METHODS);
    }
}

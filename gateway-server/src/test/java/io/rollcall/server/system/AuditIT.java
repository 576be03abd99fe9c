package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Grpc;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.rollcall.devcerts.Credential;
import io.rollcall.devcerts.DevNamespace;
import io.rollcall.devcerts.Member;
import io.rollcall.net.HostPort;
import io.rollcall.server.system.ServedMethods.Served;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.GatewayServiceGrpc.GatewayServiceBlockingStub;
import io.rollcall.v1.GetNodesRequest;
import io.rollcall.v1.GetStatsRequest;
import io.rollcall.v1.GetStatsResponse;
import io.rollcall.v1.HeartbeatRequest;
import io.rollcall.v1.RegisterNodeRequest;
import io.rollcall.v1.RemoveNodeRequest;
import io.rollcall.v1.ResetBootstrapRequest;
import io.rollcall.v1.UpdateLeaderRequest;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the real process puts on record: who, from where, by which credentials, what, with which outcome; no secret. */
class AuditIT {
    private static final String ALPHA = "spiffe://rollcall.dev/ns/alpha/";
    private static final String WRONG_PASSWORD = "a-guess-that-is-wrong";

    @TempDir
    private static Path dir;

    private static GatewayProcess gateway;
    private static AuditLines audit;
    private static DevNamespace alpha;
    private static DevNamespace beta;
    private static final List<String> secrets = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        gateway = GatewayProcess.start(dir);
        audit = new AuditLines(gateway.dataDir());
        alpha = gateway.certs().namespace("alpha");
        beta = gateway.certs().namespace("beta");
        secrets.add(gateway.consolePassword());
        secrets.add(WRONG_PASSWORD);
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    /** Neither the tokens that were shown, good or bad, nor a part of one, nor a password. */
    @AfterEach
    void noSecret_isOnRecord() {
        assertThat(secrets).hasSizeGreaterThan(2);
        String text = audit.text();
        for (String secret : secrets) {
            for (String part : secret.split("\\.")) {
                assertThat(text).doesNotContain(part);
            }
        }
    }

    private static MemberChannel channel(Credential credential, @Nullable String token) throws Exception {
        if (token != null) {
            secrets.add(token);
        }
        return new MemberChannel(gateway, credential, token);
    }

    private static MemberChannel channel(Member member) throws Exception {
        return channel(member.credential(), member.token());
    }

    private static GatewayServiceBlockingStub stub(MemberChannel channel) {
        return GatewayServiceGrpc.newBlockingStub(channel.channel());
    }

    private static RegisterNodeRequest registration(int node, long incarnation) {
        return RegisterNodeRequest.newBuilder()
                .setNodeId(node)
                .setIpAddress("10.0.0." + node)
                .setPort(5000)
                .setIncarnation(incarnation)
                .build();
    }

    private static void assertRefused(Status.Code code, Runnable call) {
        assertThatThrownBy(call::run).isInstanceOfSatisfying(StatusRuntimeException.class, refused -> assertThat(
                        refused.getStatus().getCode())
                .isEqualTo(code));
    }

    private static Predicate<JsonNode> serial(Credential credential) {
        return line -> line.path("serial").asText().equals(hexSerial(credential));
    }

    private static String hexSerial(Credential credential) {
        return credential.certificate().getSerialNumber().toString(16);
    }

    private static String jti(String token) throws Exception {
        byte[] claims = Base64.getUrlDecoder().decode(token.split("\\.")[1]);
        return new ObjectMapper().readTree(claims).get("jti").asText();
    }

    /** Where this end of the connection is. A read of its own: it leaves no line. */
    private static String address(MemberChannel channel) throws Exception {
        ClientCall<GetStatsRequest, GetStatsResponse> call =
                channel.channel().newCall(GatewayServiceGrpc.getGetStatsMethod(), CallOptions.DEFAULT);
        try {
            var unused = ClientCalls.futureUnaryCall(call, GetStatsRequest.getDefaultInstance())
                    .get();
        } catch (java.util.concurrent.ExecutionException refused) {
            // whoever is refused has an address as well
            assertThat(refused).hasCauseInstanceOf(StatusRuntimeException.class);
        }
        InetSocketAddress local = (InetSocketAddress) call.getAttributes().get(Grpc.TRANSPORT_ATTR_LOCAL_ADDR);
        assertThat(local).isNotNull();
        return HostPort.text(local);
    }

    private static void assertSays(JsonNode line, String... namesAndValues) {
        for (int i = 0; i < namesAndValues.length; i += 2) {
            assertThat(line.path(namesAndValues[i]).asText())
                    .as("%s of %s", namesAndValues[i], line)
                    .isEqualTo(namesAndValues[i + 1]);
        }
    }

    /** Who it was, from where, by which certificate and token. */
    private static void assertBy(String caller, Member member, MemberChannel channel, JsonNode line) throws Exception {
        assertSays(line, "caller", ALPHA + caller, "serial", hexSerial(member.credential()));
        assertSays(line, "from", address(channel), "token", jti(member.token()));
    }

    @Test
    void aChange_tellsWhoAsked_fromWhere_byWhichCertificateAndToken_andWhatBecameOfIt() throws Exception {
        Member node = alpha.node(1);
        Member operator = alpha.operator();
        try (MemberChannel one = channel(node);
                MemberChannel admin = channel(operator)) {
            stub(one).registerNode(registration(1, 11));
            stub(one)
                    .updateLeader(UpdateLeaderRequest.newBuilder()
                            .setLeaderId(1)
                            .setIncarnation(11)
                            .setTerm(3)
                            .build());
            assertThat(stub(one)
                            .updateLeader(UpdateLeaderRequest.newBuilder()
                                    .setLeaderId(1)
                                    .setIncarnation(11)
                                    .setTerm(2)
                                    .build())
                            .getStatus())
                    .isEqualTo("failed");
            stub(admin).removeNode(RemoveNodeRequest.newBuilder().setNodeId(1).build());
            stub(admin)
                    .resetBootstrap(ResetBootstrapRequest.newBuilder()
                            .setForce(true)
                            .setReason("to see it on record")
                            .build());

            // Changes are there before their reply: nothing is waited for.
            List<JsonNode> changes =
                    audit.of("change", line -> line.path("namespace").asText().equals("alpha"));
            assertThat(changes)
                    .extracting(line -> line.get("method").asText())
                    .containsExactly("RegisterNode", "UpdateLeader", "RemoveNode", "ResetBootstrap");
            for (JsonNode byNode : changes.subList(0, 2)) {
                assertBy("node/1", node, one, byNode);
                assertSays(byNode, "outcome", "accepted");
            }
            for (JsonNode byOperator : changes.subList(2, 4)) {
                assertBy("operator/admin", operator, admin, byOperator);
                assertSays(byOperator, "outcome", "accepted");
            }
            assertThat(changes.get(2).get("changes").get(0).get("ended").asText())
                    .isEqualTo("removed");
            assertThat(changes.get(3).get("asked").get("because").asText()).isEqualTo("to see it on record");

            JsonNode staleTerm =
                    audit.await("refusal", line -> line.path("reason").asText().equals("OBJECTION"));
            assertBy("node/1", node, one, staleTerm);
            assertSays(staleTerm, "method", "UpdateLeader", "outcome", "refused");
            assertSays(staleTerm, "message", "term: 2 (expected: > 3, led by node 1)");
        }
    }

    @Test
    void aConnectionAndItsToken_haveALineEach_andHeartbeatsAndReadsNone() throws Exception {
        Member node = alpha.node(2);
        try (MemberChannel two = channel(node)) {
            stub(two).registerNode(registration(2, 22));
            String from = address(two);
            audit.await("token", serial(node.credential()));
            int before = audit.of("change", serial(node.credential())).size();
            for (int i = 0; i < 50; i++) {
                stub(two)
                        .heartbeat(HeartbeatRequest.newBuilder()
                                .setNodeId(2)
                                .setIncarnation(22)
                                .build());
                stub(two).getNodes(GetNodesRequest.getDefaultInstance());
            }
            // What stands behind all that was noted before it.
            try (MemberChannel last =
                    channel(node.credential(), "quoted-nowhere-1.quoted-nowhere-2.quoted-nowhere-3")) {
                assertRefused(
                        Status.Code.UNAUTHENTICATED, () -> stub(last).getStats(GetStatsRequest.getDefaultInstance()));
                audit.await("refusal", serial(node.credential()));
            }
            List<JsonNode> lines = audit.all().stream()
                    .filter(line -> line.path("from").asText().equals(from))
                    .toList();
            assertThat(lines)
                    .extracting(line -> line.get("event").asText())
                    .containsExactlyInAnyOrder("connection", "token", "change");
            assertThat(before).isEqualTo(1);
            for (JsonNode line : lines) {
                assertSays(line, "caller", ALPHA + "node/2", "outcome", "accepted");
            }
            assertThat(audit.of("connection", serial(node.credential())).get(0).has("token"))
                    .isFalse();
            assertSays(audit.await("token", serial(node.credential())), "token", jti(node.token()));
        }
    }

    @Test
    void aTokenThatIsRefused_hasALine_withTheReasonAndNoTokenId() throws Exception {
        Member node = alpha.node(3);
        Instant now = Instant.now();
        String expired = alpha.tokens()
                .token(alpha.tokens()
                        .specFor(node.credential().certificate())
                        .issuedAt(now.minusSeconds(7200))
                        .expiresAt(now.minusSeconds(3600)));
        assertTokenRefused(node.credential(), expired, "TOKEN_EXPIRED");
        assertTokenRefused(node.credential(), beta.node(3).token(), "TOKEN_FOREIGN");
        assertTokenRefused(node.credential(), "quoted-nowhere-4.quoted-nowhere-5.quoted-nowhere-6", "TOKEN_MALFORMED");
        assertTokenRefused(node.credential(), null, "TOKEN_MISSING");
    }

    private static void assertTokenRefused(Credential credential, @Nullable String token, String reason)
            throws Exception {
        try (MemberChannel channel = channel(credential, token)) {
            assertRefused(Status.Code.UNAUTHENTICATED, () -> stub(channel).registerNode(registration(3, 33)));
            JsonNode line = audit.await(
                    "refusal",
                    serial(credential).and(found -> found.get("reason").asText().equals(reason)));
            assertSays(line, "namespace", "alpha", "caller", ALPHA + "node/3", "from", address(channel), "token", "");
            assertSays(line, "method", "rollcall.v1.GatewayService/RegisterNode", "outcome", "refused");
        }
    }

    @Test
    void whoActsForAnother_orAsksForWhatNobodyServes_hasALine() throws Exception {
        Member node = alpha.node(4);
        try (MemberChannel four = channel(node)) {
            assertRefused(Status.Code.PERMISSION_DENIED, () -> stub(four).registerNode(registration(5, 55)));
            Served register = ServedMethods.of(four.channel()).get(0);
            Served nothing = new Served("no.Such/Method", register.descriptor());
            assertThat(AnyCall.begin(four.channel(), nothing, nothing.emptyRequest())
                            .code())
                    .isEqualTo(Status.Code.UNIMPLEMENTED);

            JsonNode denied =
                    audit.await("refusal", line -> line.get("reason").asText().equals("NOT_PERMITTED"));
            assertBy("node/4", node, four, denied);
            assertSays(denied, "method", "rollcall.v1.GatewayService/RegisterNode", "outcome", "refused");
            JsonNode unknown =
                    audit.await("refusal", line -> line.get("reason").asText().equals("METHOD_UNKNOWN"));
            assertSays(unknown, "caller", ALPHA + "node/4", "serial", hexSerial(node.credential()));
            assertSays(unknown, "from", address(four), "method", "no.Such/Method", "outcome", "refused");
        }
    }

    @Test
    void aCertificateThatNobodyVouchesFor_hasALine_withWhatItClaims_inNoNamespace() throws Exception {
        Credential forged = beta.issuer().certificate(alpha.nodeSpec(1));
        String bound = alpha.tokens().token(alpha.tokens().specFor(forged.certificate()));
        try (MemberChannel forger = channel(forged, bound)) {
            assertRefused(Status.Code.UNAVAILABLE, () -> stub(forger).registerNode(registration(1, 11)));
            JsonNode line = audit.await("certificate-refused", serial(forged));
            assertSays(line, "claimed", ALPHA + "node/1", "outcome", "refused", "reason", "CERTIFICATE_UNTRUSTED");
            assertSays(line, "namespace", "", "caller", "");
        }
    }

    @Test
    @Tag("quick")
    void whoSignsInToTheConsole_orFailsTo_hasALine_andSoHasWhatIsDoneThere() throws Exception {
        ConsoleHttp stranger = new ConsoleHttp(gateway);
        assertThat(stranger.signIn("admin", WRONG_PASSWORD)).isEqualTo(401);
        assertThat(stranger.signIn(WRONG_PASSWORD, "")).isEqualTo(401);
        ConsoleHttp admin = new ConsoleHttp(gateway);
        String password = gateway.consolePassword();
        assertThat(admin.signIn("admin", password)).isEqualTo(303);
        String fresh = "a-password-of-my-own";
        secrets.add(fresh);
        assertThat(admin.changePassword(password, fresh)).isEqualTo(303);
        assertThat(audit.of("console-action")).singleElement().satisfies(line -> {
            assertSays(line, "caller", "console/admin", "method", "change-password", "outcome", "accepted");
            assertThat(line.get("from").asText()).isIn("127.0.0.1", "[0:0:0:0:0:0:0:1]", "0:0:0:0:0:0:0:1");
        });
        assertThat(admin.signOut()).isEqualTo(303);

        audit.await("sign-out", line -> true);
        List<JsonNode> signIns = audit.of("sign-in");
        assertThat(signIns)
                .extracting(line -> line.path("caller").asText() + " "
                        + line.get("outcome").asText() + " "
                        + line.path("reason").asText())
                .containsExactly(
                        "console/admin refused WRONG_PASSWORD", " refused WRONG_PASSWORD", "console/admin accepted ");
        assertThat(signIns)
                .allSatisfy(line -> assertThat(line.get("from").asText()).isNotEmpty());
    }

    @Test
    void theStart_isOnRecord_andEachNamespaceWithItsRevision() {
        assertThat(audit.all().subList(0, 4))
                .extracting(line -> line.get("event").asText())
                .containsExactly("file-begun", "gateway-started", "namespace-opened", "namespace-opened");
        assertSays(
                audit.of("gateway-started").get(0),
                "process",
                Long.toString(gateway.process().pid()));
    }
}

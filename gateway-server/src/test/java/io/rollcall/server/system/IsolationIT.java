package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.grpc.Status;
import io.rollcall.devcerts.Credential;
import io.rollcall.devcerts.DevNamespace;
import io.rollcall.devcerts.Member;
import io.rollcall.devcerts.TokenSpec;
import io.rollcall.server.system.ServedMethods.Served;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.GetNodesRequest;
import io.rollcall.v1.GetNodesResponse;
import io.rollcall.v1.NodeInfo;
import io.rollcall.v1.RegisterNodeRequest;
import io.rollcall.v1.UpdateLeaderRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * I1: whatever is served, by whichever method, nobody reaches another tenant's data with it, and nobody reaches
 * anything without the right credentials. The methods are the running gateway's own, so a new one is tested as soon as
 * it is served.
 *
 * <p>Planted bugs: a list always of the same namespace; a stream that asks for no token; a CA that vouches for whomever
 * it signs.
 */
class IsolationIT {
    /** What only alpha's members may ever read. */
    private static final List<String> SECRETS = List.of("10.66.66.66", "alpha-capability", "alpha-metadata");

    /** They need a certificate alone (contract: health). */
    private static final Set<String> WITHOUT_TOKEN = Set.of(
            "rollcall.v1.GatewayService/HealthCheck",
            "GatewayService/HealthCheck",
            "grpc.health.v1.Health/Check",
            "grpc.health.v1.Health/Watch");

    @TempDir
    private static Path dir;

    private static GatewayProcess gateway;
    private static DevNamespace alpha;
    private static DevNamespace beta;
    private static List<Served> methods;

    @BeforeAll
    static void start() throws Exception {
        // Nobody beats, and a node that is suspected would be a change.
        gateway = GatewayProcess.start(dir, "--node-timeout", "1d", "--suspect-after", "1d");
        alpha = gateway.certs().namespace("alpha");
        beta = gateway.certs().namespace("beta");
        register(1);
        register(2);
        try (MemberChannel node = channel(alpha.node(2));
                MemberChannel operator = channel(alpha.operator())) {
            var led = GatewayServiceGrpc.newBlockingStub(node.channel())
                    .updateLeader(UpdateLeaderRequest.newBuilder()
                            .setLeaderId(2)
                            .setIncarnation(2)
                            .setTerm(66)
                            .build());
            assertThat(led.getStatus()).isEqualTo("updated");
            methods = ServedMethods.of(operator.channel());
        }
        assertThat(methods).extracting(Served::fullName).containsAll(WITHOUT_TOKEN);
        assertThat(methods).hasSizeGreaterThan(20);
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static void register(int node) throws Exception {
        try (MemberChannel channel = channel(alpha.node(node))) {
            var registered = GatewayServiceGrpc.newBlockingStub(channel.channel())
                    .registerNode(RegisterNodeRequest.newBuilder()
                            .setNodeId(node)
                            .setIpAddress(SECRETS.get(0))
                            .setPort(6666)
                            .addCapabilities(SECRETS.get(1))
                            .putMetadata("key", SECRETS.get(2))
                            .setIncarnation(node)
                            .build());
            assertThat(registered.getNodeId()).isEqualTo(node);
        }
    }

    private static MemberChannel channel(Member member) throws Exception {
        return new MemberChannel(gateway, member.credential(), member.token());
    }

    private static GetNodesResponse alphaNodes() throws Exception {
        try (MemberChannel operator = channel(alpha.operator())) {
            return GatewayServiceGrpc.newBlockingStub(operator.channel())
                    .getNodes(GetNodesRequest.getDefaultInstance());
        }
    }

    /** Of the same ids, with the right credentials of the wrong tenant. */
    @Test
    void i1_membersOfAnotherNamespace_readAndChangeNothing_byAnyMethod() throws Exception {
        GetNodesResponse before = alphaNodes();
        for (Member foreigner : List.of(beta.node(1), beta.node(2), beta.operator())) {
            try (MemberChannel channel = channel(foreigner)) {
                for (Served method : methods) {
                    for (Message request :
                            List.of(method.emptyRequest(), method.fullRequest(1), method.fullRequest(2))) {
                        String heard = AnyCall.begin(channel.channel(), method, request)
                                .listen(Duration.ofMillis(method.isStream() ? 100 : 20_000));
                        assertThat(heard).as(method.fullName()).doesNotContain(SECRETS);
                    }
                }
            }
        }
        GetNodesResponse after = alphaNodes();
        assertThat(after.getRevision()).isEqualTo(before.getRevision());
        assertThat(after.getEpoch()).isEqualTo(before.getEpoch());
        assertThat(after.getNodesList())
                .extracting(NodeInfo::getIncarnation)
                .isEqualTo(before.getNodesList().stream()
                        .map(NodeInfo::getIncarnation)
                        .toList());
    }

    /** While the tenant's nodes come and go. */
    @Test
    void i1_streamsOfAnotherNamespace_hearNothing() throws Exception {
        try (MemberChannel node = channel(beta.node(1));
                MemberChannel operator = channel(beta.operator())) {
            List<AnyCall> streams = new ArrayList<>();
            for (Served method : methods) {
                if (method.isStream()) {
                    streams.add(AnyCall.begin(node.channel(), method, method.emptyRequest()));
                    streams.add(AnyCall.begin(operator.channel(), method, method.emptyRequest()));
                }
            }
            assertThat(streams).hasSizeGreaterThan(4);
            register(3);
            register(4);
            for (AnyCall stream : streams) {
                assertThat(stream.listen(Duration.ofMillis(300))).doesNotContain(SECRETS);
            }
        }
    }

    /** A credential that is none, in one way. */
    private record Wrong(
            String how,
            @Nullable Credential certificate,
            @Nullable String token,
            Status.Code code) {}

    private static List<Wrong> wrong() throws Exception {
        Credential certificate = alpha.node(1).credential();
        Instant now = Instant.now();
        Credential twin = alpha.mint(alpha.nodeSpec(1)).credential();
        Credential forged = beta.issuer().certificate(alpha.nodeSpec(1));
        Credential ended =
                alpha.issuer().certificate(alpha.nodeSpec(1).validity(now.minusSeconds(7200), now.minusSeconds(3600)));
        Credential nobody = alpha.issuer().certificate(alpha.nodeSpec(1).withoutNames());
        Credential two =
                alpha.issuer().certificate(alpha.nodeSpec(1).uri(beta.name().node(1)));
        return List.of(
                token("none", null),
                token("no token", "not.a.token"),
                token("another namespace's", beta.node(1).token()),
                token("another node's", alpha.node(2).token()),
                token("an operator's", alpha.operator().token()),
                token("expired", minted(spec -> spec.issuedAt(now.minusSeconds(7200))
                        .expiresAt(now.minusSeconds(3600)))),
                token("not yet issued", minted(spec -> spec.issuedAt(now.plusSeconds(3600))
                        .expiresAt(now.plusSeconds(7200)))),
                token("another audience's", minted(spec -> spec.audience("another-gateway"))),
                token("bound to another certificate", minted(spec -> spec.boundTo(twin.certificate()))),
                token("bound to none", minted(TokenSpec::unbound)),
                token("not signed", minted(TokenSpec::unsigned)),
                token(
                        "signed by another namespace",
                        beta.tokens().token(beta.tokens().specFor(certificate.certificate()))),
                token("without an end", minted(spec -> spec.without("exp"))),
                token("without an id", minted(spec -> spec.without("jti"))),
                new Wrong("no certificate", null, alpha.node(1).token(), Status.Code.UNAVAILABLE),
                certificate("another namespace's CA", forged),
                certificate("ended", ended),
                certificate("no name", nobody),
                certificate("two names", two));
    }

    private static String minted(UnaryOperator<TokenSpec> change) {
        return alpha.tokens()
                .token(change.apply(
                        alpha.tokens().specFor(alpha.node(1).credential().certificate())));
    }

    private static Wrong token(String how, @Nullable String token) {
        return new Wrong("token: " + how, alpha.node(1).credential(), token, Status.Code.UNAUTHENTICATED);
    }

    private static Wrong certificate(String how, Credential certificate) {
        String token = minted(spec -> spec.boundTo(certificate.certificate()));
        return new Wrong("certificate: " + how, certificate, token, Status.Code.UNAVAILABLE);
    }

    @Test
    void i1_withoutTheRightCredentials_noMethodIsReached() throws Exception {
        long before = alphaNodes().getRevision();
        for (Wrong wrong : wrong()) {
            try (MemberChannel channel = new MemberChannel(gateway, wrong.certificate(), wrong.token())) {
                for (Served method : methods) {
                    boolean isTokenAsked = !WITHOUT_TOKEN.contains(method.fullName());
                    if (isTokenAsked || wrong.code() == Status.Code.UNAVAILABLE) {
                        AnyCall call = AnyCall.begin(channel.channel(), method, method.fullRequest(1));
                        assertThat(call.code())
                                .as("%s, %s", method, wrong.how())
                                .isEqualTo(wrong.code());
                        assertThat(call.listen(Duration.ZERO)).doesNotContain(SECRETS);
                    }
                }
            }
        }
        assertThat(alphaNodes().getRevision()).isEqualTo(before);
    }

    /** The bare name serves what older nodes know, and nothing newer. */
    @Test
    void underTheBareName_noNewerMethodIsServed() throws Exception {
        try (MemberChannel operator = channel(alpha.operator())) {
            for (Served method : methods) {
                String bare = "GatewayService/" + method.descriptor().getName();
                boolean isServed =
                        methods.stream().anyMatch(served -> served.fullName().equals(bare));
                if (method.fullName().startsWith("rollcall.") && !isServed) {
                    Served asBare = new Served(bare, method.descriptor());
                    assertThat(AnyCall.begin(operator.channel(), asBare, method.emptyRequest())
                                    .code())
                            .as(bare)
                            .isEqualTo(Status.Code.UNIMPLEMENTED);
                }
            }
        }
    }
}

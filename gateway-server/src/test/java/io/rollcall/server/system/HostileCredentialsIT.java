package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.rollcall.devcerts.DevNamespace;
import io.rollcall.server.testing.HostileCertificates;
import io.rollcall.server.testing.HostileTokens;
import io.rollcall.server.testing.TestGate;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.HealthCheckRequest;
import io.rollcall.v1.RegisterNodeRequest;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The hostile certificates and tokens of the gate's own tests, against the real process over real sockets. Each is
 * refused in the way it should be, in words that quote nothing of it; nothing changes in either namespace, and no
 * defect is logged.
 *
 * <p>Planted bugs: {@code jku} let through; names percent-decoded before they are read; tokens of any length; of two
 * headers the last one taken.
 */
class HostileCredentialsIT {
    private static final int ID = 3;

    @TempDir
    private static Path dir;

    private static GatewayProcess gateway;
    private static Bystanders bystanders;
    private static DevNamespace alpha;
    private static DevNamespace beta;
    /** Of alpha's node 3, by its good certificate. */
    private static MemberChannel connected;

    @BeforeAll
    static void start() throws Exception {
        gateway = GatewayProcess.start(dir, GatewayProcess.UNHURRIED);
        alpha = gateway.certs().namespace("alpha");
        beta = gateway.certs().namespace("beta");
        bystanders = new Bystanders(gateway);
        connected = new MemberChannel(gateway, alpha.node(ID).credential(), null);
    }

    @AfterAll
    static void stop() throws Exception {
        connected.close();
        bystanders.close();
        gateway.close();
    }

    @AfterEach
    void nobodyElseNotices() {
        bystanders.assertUndisturbed();
    }

    static List<HostileCertificates.Case> certificates() {
        return HostileCertificates.all(gateway.certs(), Clock.systemUTC());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("certificates")
    void aHostileCertificate_failsTheHandshake(HostileCertificates.Case bad) throws Exception {
        for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
            try (MemberChannel channel = new MemberChannel(gateway, bad.shown(), protocol)) {
                StatusRuntimeException refusal = refusal(() -> health(channel.channel()));
                assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
                assertThat(TestGate.reason(refusal)).startsWith("no ErrorInfo");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void theSameCertificateWithoutFault_isLetIn(String protocol) throws Exception {
        try (MemberChannel channel =
                new MemberChannel(gateway, HostileCertificates.faultless(gateway.certs()), protocol)) {
            assertThat(health(channel.channel())).isEqualTo("healthy");
        }
    }

    private static String health(Channel channel) {
        return GatewayServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(Duration.ofSeconds(20))
                .healthCheck(HealthCheckRequest.getDefaultInstance())
                .getStatus();
    }

    static List<HostileTokens.Case> tokens() throws Exception {
        return HostileTokens.all(alpha, beta, Instant.now());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("tokens")
    void aHostileToken_isRefused_andNotQuoted(HostileTokens.Case bad) {
        StatusRuntimeException refusal = refusal(() -> register(bad.authorization()));

        assertThat(TestGate.reason(refusal))
                .as(refusal.getMessage())
                .isEqualTo(bad.expected().name());
        assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
        bad.assertNothingSecretIn(refusal.getMessage() + refusal.getTrailers());
    }

    private static void register(List<String> authorization) {
        var unused = GatewayServiceGrpc.newBlockingStub(connected.channel())
                .withCallCredentials(TestGate.authorization(authorization))
                .withDeadlineAfter(Duration.ofSeconds(20))
                .registerNode(RegisterNodeRequest.newBuilder()
                        .setNodeId(ID)
                        .setIpAddress("10.0.0.3")
                        .setPort(5000)
                        .build());
    }

    /** The connection that all those tokens came on is none the worse for them. */
    @Test
    void aGoodTokenAfterwards_isLetIn() {
        var answer = GatewayServiceGrpc.newBlockingStub(connected.channel())
                .withCallCredentials(TestGate.bearer(alpha.node(ID).token()))
                .getStats(io.rollcall.v1.GetStatsRequest.getDefaultInstance());
        assertThat(answer.getTotalNodes()).isZero();
    }

    private static StatusRuntimeException refusal(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        StatusRuntimeException refusal = catchThrowableOfType(StatusRuntimeException.class, call);
        assertThat(refusal).as("let in").isNotNull();
        return refusal;
    }
}

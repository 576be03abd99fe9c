package io.rollcall.server.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.rollcall.devcerts.Credential;
import io.rollcall.devcerts.testing.TestClock;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.testing.HostileCertificates;
import io.rollcall.server.testing.TestGate;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.HealthCheckRequest;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose handshake succeeds, and for how long the certificate holds. */
class GateCertificatesTest extends OpenGate {
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void certificateAndToken_thatAgree_areLetIn(String protocol) {
        var stub = GatewayServiceGrpc.newBlockingStub(gate.channel(node.credential(), protocol))
                .withCallCredentials(TestGate.bearer(node.token()));

        assertThat(stub.heartbeat(BEAT).getStatus()).isEqualTo("alpha/node/3");
    }

    static List<HostileCertificates.Case> certificatesThatNobodyVouchesFor() {
        return HostileCertificates.all(certs, new TestClock(NOW));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("certificatesThatNobodyVouchesFor")
    void withoutAnAcceptedCertificate_theHandshakeFails(HostileCertificates.Case bad) {
        assertHandshakeFails(gate.channel(bad.shown())); // with each version of TLS in HostileCredentialsIT
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void withoutAnyCertificate_theHandshakeFails(String protocol) {
        assertHandshakeFails(gate.channel((Credential) null, protocol));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void theSameWithoutFault_isLetIn(String protocol) {
        var stub = GatewayServiceGrpc.newBlockingStub(gate.channel(HostileCertificates.faultless(certs), protocol));

        assertThat(stub.healthCheck(HealthCheckRequest.getDefaultInstance()).getStatus())
                .isEqualTo("alpha/node/3");
    }

    private void assertHandshakeFails(Channel channel) {
        var stub = GatewayServiceGrpc.newBlockingStub(channel).withCallCredentials(TestGate.bearer(node.token()));

        StatusRuntimeException refused = refused(() -> stub.healthCheck(HealthCheckRequest.getDefaultInstance()));

        assertThat(refused).as("let in").isNotNull();
        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(gate.connections).hasValue(0);
        assertThat(echo.reached).hasValue(0);
    }

    @Test
    void aCertificateThatEndsOnAnOpenConnection_isNotHonoured() {
        Duration minutes = Duration.ofMinutes(5);
        var stub = gate.stub(alpha.mint(alpha.nodeSpec(3).validity(NOW.minus(minutes), NOW.plus(minutes))));
        stub.heartbeat(BEAT);
        clock.advance(Duration.ofMinutes(6));

        assertRefused(Refusal.CERTIFICATE_REQUIRED, () -> stub.heartbeat(BEAT));
    }
}

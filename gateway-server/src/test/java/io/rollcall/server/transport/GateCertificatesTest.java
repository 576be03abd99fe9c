package io.rollcall.server.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.rollcall.devcerts.CertificateIssuer;
import io.rollcall.devcerts.CertificateSpec;
import io.rollcall.devcerts.CertificateSpec.KeyUse;
import io.rollcall.devcerts.Credential;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.testing.SettableClock;
import io.rollcall.server.testing.TestGate;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.HealthCheckRequest;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
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

    static Stream<Arguments> certificatesThatNobodyVouchesFor() {
        CertificateSpec three = alpha.nodeSpec(3);
        String encoded = alpha.name().node(3).replace("alpha", "alph%61");
        return Stream.of(
                Arguments.of("no certificate", null),
                Arguments.of("another tenant's CA", beta.issuer().certificate(three)),
                byAlpha("two URI SANs", three.uri(beta.name().node(3))),
                byAlpha("CA leaf", three.asAuthority(0)),
                byAlpha("percent-encoding", three.withoutNames().uri(encoded)),
                byAlpha("no keyUsage", three.keyUses()),
                byAlpha("keyAgreement only", three.keyUses(KeyUse.KEY_AGREEMENT)),
                byAlpha("expired", three.validity(NOW.minus(Duration.ofDays(2)), NOW.minusSeconds(1))),
                Arguments.of("self-signed", selfSigned(three)));
    }

    private static Arguments byAlpha(String what, CertificateSpec spec) {
        return Arguments.of(what, alpha.issuer().certificate(spec));
    }

    private static Credential selfSigned(CertificateSpec spec) {
        return CertificateIssuer.selfSigned(spec, new SettableClock(NOW)).credential();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("certificatesThatNobodyVouchesFor")
    void withoutAnAcceptedCertificate_theHandshakeFails(String what, @Nullable Credential bad) {
        for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
            var stub = GatewayServiceGrpc.newBlockingStub(gate.channel(bad, protocol))
                    .withCallCredentials(TestGate.bearer(node.token()));

            StatusRuntimeException refused = refused(() -> stub.healthCheck(HealthCheckRequest.getDefaultInstance()));

            assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        }
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

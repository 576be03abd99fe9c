package io.rollcall.server.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.devcerts.Credential;
import io.rollcall.devcerts.TokenSpec;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.testing.TestGate;
import io.rollcall.v1.GatewayServiceGrpc;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A token is verified once, and remembered for no other certificate and no longer than it holds. */
class GateTokenCacheTest extends OpenGate {
    @Test
    void aThousandHeartbeats_areOneVerification() {
        var stub = gate.stub(node);
        for (int i = 0; i < 1000; i++) {
            stub.heartbeat(BEAT);
        }
        assertThat(echo.reached).hasValue(1000);
        assertThat(gate.tokens.verifications()).isEqualTo(1);
    }

    @Test
    void aNewConnectionWithTheSameToken_isNoNewVerification_butAnotherCertificateIs() {
        gate.stub(node).heartbeat(BEAT);
        gate.stub(node).heartbeat(BEAT);
        assertThat(gate.tokens.verifications()).isEqualTo(1);

        Credential renewed = alpha.issuer().certificate(alpha.nodeSpec(3));
        assertRefused(
                Refusal.TOKEN_UNBOUND, () -> gate.stub(renewed, node.token()).heartbeat(BEAT));
        assertThat(gate.tokens.verifications()).isEqualTo(2);
    }

    @Test
    void aVerifiedToken_diesAtItsExpiry() {
        TokenSpec halfAnHour =
                alpha.tokens().specFor(node.credential().certificate()).expiresAt(NOW.plus(Duration.ofMinutes(30)));
        String token = alpha.tokens().token(halfAnHour);
        var stub = gate.stub(node.credential(), token);
        stub.heartbeat(BEAT);
        clock.advance(Duration.ofMinutes(30).plusSeconds(29));
        stub.heartbeat(BEAT);
        clock.advance(Duration.ofSeconds(1));

        assertRefused(Refusal.TOKEN_EXPIRED, () -> stub.heartbeat(BEAT));
        assertRefused(
                Refusal.TOKEN_EXPIRED, () -> gate.stub(node.credential(), token).heartbeat(BEAT));
    }

    @Test
    void aGoodToken_doesNotOpenTheDoorForTheNextBadOne() {
        var stub = GatewayServiceGrpc.newBlockingStub(gate.channel(node.credential()));
        stub.withCallCredentials(TestGate.bearer(node.token())).heartbeat(BEAT);

        assertRefused(Refusal.TOKEN_MISSING, () -> stub.heartbeat(BEAT));
        String foreign = beta.node(3).token();
        assertRefused(Refusal.TOKEN_FOREIGN, () -> stub.withCallCredentials(TestGate.bearer(foreign))
                .heartbeat(BEAT));
    }
}

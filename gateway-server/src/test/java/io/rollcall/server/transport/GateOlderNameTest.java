package io.rollcall.server.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.rollcall.server.access.MethodPermissions;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.testing.TestGate;
import io.rollcall.v1.GatewayServiceGrpc;
import org.junit.jupiter.api.Test;

/** The service under the bare name that older clients call. */
class GateOlderNameTest extends OpenGate {
    private <Q, R> R bare(MethodDescriptor<Q, R> method, Q request, String name, String token) {
        var renamed =
                method.toBuilder().setFullMethodName("GatewayService/" + name).build();
        return ClientCalls.blockingUnaryCall(
                gate.channel(node.credential()),
                renamed,
                CallOptions.DEFAULT.withCallCredentials(TestGate.bearer(token)),
                request);
    }

    @Test
    void theBareName_servesTheEightMethods_underTheSameRules() {
        String token = node.token();
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

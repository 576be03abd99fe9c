package io.rollcall.server.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.rollcall.devcerts.Credential;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.identity.CallIdentity;
import io.rollcall.server.testing.TestGate;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.HeartbeatRequest;
import io.rollcall.v1.HeartbeatResponse;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the gate tells those who keep the record: each once, and never of a good call more than its token. */
class GateListenersTest extends OpenGate {
    private static final String BEATS = "rollcall.v1.GatewayService/Heartbeat ";
    private static final String NO_METHOD = "no.Such/Method";

    private GatewayServiceGrpc.GatewayServiceBlockingStub with(Channel channel, @Nullable String token) {
        return GatewayServiceGrpc.newBlockingStub(channel).withCallCredentials(TestGate.bearer(token));
    }

    private String fresh() {
        return alpha.tokens().token(alpha.tokens().specFor(node.credential().certificate()));
    }

    private static String serial(Credential credential) {
        return credential.certificate().getSerialNumber().toString(16);
    }

    @Test
    void aConnection_isToldOnce_andItsTokenOnce_howeverManyCallsThereAre() {
        var stub = gate.stub(node);
        for (int i = 0; i < 20; i++) {
            stub.heartbeat(BEAT);
        }
        assertThat(gate.heard.events()).hasSize(2).first().isEqualTo("connected");
        CallIdentity connected = gate.heard.identities().get(0);
        assertThat(connected.id()).isEqualTo(alpha.name().node(3));
        assertThat(connected.serial()).isEqualTo(serial(node.credential()));
        assertThat(connected.address()).matches("(127\\.0\\.0\\.1|\\[[0-9a-f:]+]):\\d+");
        assertThat(connected.tokenId()).isEmpty();
        CallIdentity token = gate.heard.identities().get(1);
        assertThat(token.tokenId()).isNotEmpty();
        assertThat(token.withoutToken()).isEqualTo(connected);
    }

    @Test
    void anotherToken_isTold_andOneThatIsRefusedOnlyAsARefusal() {
        Channel channel = gate.channel(node.credential());
        String first = fresh();
        with(channel, first).heartbeat(BEAT);
        with(channel, fresh()).heartbeat(BEAT);
        assertRefused(
                Refusal.TOKEN_FOREIGN, () -> with(channel, beta.node(3).token()).heartbeat(BEAT));
        assertThat(gate.heard.events()).hasSize(4).last().isEqualTo(BEATS + "TOKEN_FOREIGN");
        assertThat(gate.heard.identities().get(1).tokenId())
                .isNotEqualTo(gate.heard.identities().get(2).tokenId());
    }

    @Test
    void aCertificateThatIsRefused_isTold_withWhatItClaims_ifThatIsAName() {
        Credential forged = beta.issuer().certificate(alpha.nodeSpec(3));
        Credential nameless = alpha.issuer().certificate(alpha.nodeSpec(3).withoutNames());
        ManagedChannel ofForged = gate.channel(forged);
        refused(() -> with(ofForged, null).heartbeat(BEAT));
        ofForged.shutdownNow(); // or it tries again after a second, and is told again
        await().until(() -> gate.heard.events().size() == 1);
        assertThat(gate.heard.events().get(0))
                .startsWith("handshake CERTIFICATE_UNTRUSTED certificate " + serial(forged) + " of '"
                        + alpha.name().node(3) + "': ")
                .contains("vouches");
        refused(() -> gate.stub(nameless, null).heartbeat(BEAT));
        await().until(() -> gate.heard.events().size() == 2);
        assertThat(gate.heard.events().get(1))
                .startsWith("handshake CERTIFICATE_PROFILE certificate " + serial(nameless) + " of '': ")
                .contains("exactly one URI SAN");
    }

    @Test
    void aMethodThatNobodyServes_isToldByItsName_beforeAnyTokenIsAskedFor() {
        Channel channel = gate.channel(node.credential());
        MethodDescriptor<HeartbeatRequest, HeartbeatResponse> unknown =
                GatewayServiceGrpc.getHeartbeatMethod().toBuilder()
                        .setFullMethodName(NO_METHOD)
                        .build();
        assertRefused(
                Refusal.METHOD_UNKNOWN,
                () -> ClientCalls.blockingUnaryCall(channel, unknown, CallOptions.DEFAULT, BEAT));
        assertThat(gate.heard.events()).containsExactly("connected", NO_METHOD + " METHOD_UNKNOWN");
        assertThat(gate.heard.identities().get(1).id()).isEqualTo(alpha.name().node(3));
        assertThat(gate.heard.identities().get(1).tokenId()).isEmpty();
        // and the connection goes on
        with(channel, node.token()).heartbeat(BEAT);
    }

    @Test
    void aStreamOfAMethodThatNobodyServes_isRefusedOnce_howeverMuchIsSent() {
        MethodDescriptor<HeartbeatRequest, HeartbeatResponse> unknown =
                GatewayServiceGrpc.getKeepAliveMethod().toBuilder()
                        .setFullMethodName(NO_METHOD)
                        .build();
        CompletableFuture<Status> end = new CompletableFuture<>();
        StreamObserver<HeartbeatRequest> requests = ClientCalls.asyncBidiStreamingCall(
                gate.channel(node.credential()).newCall(unknown, CallOptions.DEFAULT), new StreamObserver<>() {
                    @Override
                    public void onNext(HeartbeatResponse answer) {
                        end.complete(Status.OK);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        end.complete(Status.fromThrowable(failure));
                    }

                    @Override
                    public void onCompleted() {
                        end.complete(Status.OK);
                    }
                });
        for (int i = 0; i < 100; i++) {
            requests.onNext(BEAT);
        }
        assertThat(end.join().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
        assertThat(gate.heard.events()).containsExactly("connected", NO_METHOD + " METHOD_UNKNOWN");
    }

    @Test
    void whoActsForAnother_isTold_withTheTokenThatWasAccepted() {
        var stub = gate.stub(node);
        assertRefused(
                Refusal.NOT_PERMITTED,
                () -> stub.heartbeat(HeartbeatRequest.newBuilder().setNodeId(7).build()));
        assertThat(gate.heard.events()).hasSize(3).last().isEqualTo(BEATS + "NOT_PERMITTED");
        assertThat(gate.heard.identities().get(2))
                .isEqualTo(gate.heard.identities().get(1));
    }
}

package io.rollcall.server.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.testing.TestGate;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.GetLeaderRequest;
import io.rollcall.v1.GetNodesRequest;
import io.rollcall.v1.GetStatsRequest;
import io.rollcall.v1.HealthCheckRequest;
import io.rollcall.v1.HeartbeatRequest;
import io.rollcall.v1.HeartbeatResponse;
import io.rollcall.v1.RegisterNodeRequest;
import io.rollcall.v1.RemoveNodeRequest;
import io.rollcall.v1.UpdateLeaderRequest;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

/** What a caller who is known may do, and what needs no token. */
class GatePermissionsTest extends OpenGate {
    @Test
    void aNode_actsForItselfOnly() {
        var stub = gate.stub(node);
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

    /** Each message of it: the first may be good and a later one not. */
    @Test
    void aStream_isHeldToItsOwnNode_onEveryMessage() {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        StreamObserver<HeartbeatRequest> beats = GatewayServiceGrpc.newStub(gate.channel(node.credential()))
                .withCallCredentials(TestGate.bearer(node.token()))
                .keepAlive(new StreamObserver<>() {
                    @Override
                    public void onNext(HeartbeatResponse answer) {
                        heard.add(answer.getStatus());
                    }

                    @Override
                    public void onError(Throwable failure) {
                        heard.add(Status.fromThrowable(failure).toString());
                    }

                    @Override
                    public void onCompleted() {
                        heard.add("completed");
                    }
                });
        beats.onNext(BEAT);
        beats.onNext(BEAT);
        beats.onNext(HeartbeatRequest.newBuilder().setNodeId(7).build());
        beats.onNext(BEAT);
        await().until(() -> heard.size() == 3);
        assertThat(heard)
                .startsWith("alpha/node/3", "alpha/node/3")
                .last()
                .asString()
                .contains("PERMISSION_DENIED", "node_id: 7 (expected: 3, the node of your certificate)");
        assertThat(echo.reached).hasValue(2);
    }

    /** The names differ, the check does not. */
    @Test
    void underTheBareName_aNodeActsForItselfOnly_too() {
        var bare = GatewayServiceGrpc.getRemoveNodeMethod().toBuilder()
                .setFullMethodName("GatewayService/RemoveNode")
                .build();
        var channel = gate.channel(node.credential());
        var withToken = CallOptions.DEFAULT.withCallCredentials(TestGate.bearer(node.token()));
        assertRefused(
                Refusal.NOT_PERMITTED,
                () -> ClientCalls.blockingUnaryCall(
                        channel,
                        bare,
                        withToken,
                        RemoveNodeRequest.newBuilder().setNodeId(7).build()));
        assertRefused(
                Refusal.BAD_FIELD,
                () -> ClientCalls.blockingUnaryCall(channel, bare, withToken, RemoveNodeRequest.getDefaultInstance()));
        assertThat(echo.reached).hasValue(0);
    }

    @Test
    void anOperator_readsAndRemoves_butIsNoMember() {
        var stub = gate.stub(alpha.operator());

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
        var channel = gate.channel(node.credential());

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
                .setType(MethodDescriptor.MethodType.SERVER_STREAMING)
                .build();
        var list = ServerReflectionRequest.newBuilder().setListServices("").build();
        var channel = gate.channel(node.credential());
        var withToken = CallOptions.DEFAULT.withCallCredentials(TestGate.bearer(node.token()));

        assertThat(ClientCalls.blockingServerStreamingCall(channel, method, withToken, list)
                        .next()
                        .getListServicesResponse()
                        .getServiceCount())
                .isPositive();
        assertRefused(Refusal.TOKEN_MISSING, () -> ClientCalls.blockingServerStreamingCall(
                        channel, method, CallOptions.DEFAULT, list)
                .next());
    }
}

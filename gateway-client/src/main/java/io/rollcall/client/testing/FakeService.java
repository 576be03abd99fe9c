package io.rollcall.client.testing;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.rollcall.v1.GatewayServiceGrpc.GatewayServiceImplBase;
import io.rollcall.v1.GetLeaderRequest;
import io.rollcall.v1.GetLeaderResponse;
import io.rollcall.v1.GetNodesRequest;
import io.rollcall.v1.GetNodesResponse;
import io.rollcall.v1.GetStatsRequest;
import io.rollcall.v1.GetStatsResponse;
import io.rollcall.v1.HealthCheckRequest;
import io.rollcall.v1.HealthCheckResponse;
import io.rollcall.v1.HeartbeatRequest;
import io.rollcall.v1.HeartbeatResponse;
import io.rollcall.v1.RegisterNodeRequest;
import io.rollcall.v1.RegisterNodeResponse;
import io.rollcall.v1.RemoveNodeRequest;
import io.rollcall.v1.RemoveNodeResponse;
import io.rollcall.v1.UpdateLeaderRequest;
import io.rollcall.v1.UpdateLeaderResponse;
import io.rollcall.v1.WatchNodesRequest;
import io.rollcall.v1.WatchNodesResponse;

/** Serves the eight oldest methods, KeepAlive and WatchNodes: the namespace answers if the mood permits. */
final class FakeService extends GatewayServiceImplBase {

    private final FakeNamespace namespace;
    private final FakeMood mood;
    private final FakeStreams streams;

    FakeService(FakeNamespace namespace, FakeMood mood, FakeStreams streams) {
        this.namespace = namespace;
        this.mood = mood;
        this.streams = streams;
    }

    @Override
    public void registerNode(RegisterNodeRequest request, StreamObserver<RegisterNodeResponse> caller) {
        mood.answer(caller, () -> namespace.register(request));
    }

    @Override
    public void heartbeat(HeartbeatRequest request, StreamObserver<HeartbeatResponse> caller) {
        mood.answer(caller, () -> namespace.beat(request));
    }

    @Override
    public StreamObserver<HeartbeatRequest> keepAlive(StreamObserver<HeartbeatResponse> caller) {
        return streams.open(caller);
    }

    @Override
    public void removeNode(RemoveNodeRequest request, StreamObserver<RemoveNodeResponse> caller) {
        mood.answer(caller, () -> namespace.remove(request));
    }

    @Override
    public void updateLeader(UpdateLeaderRequest request, StreamObserver<UpdateLeaderResponse> caller) {
        mood.answer(caller, () -> namespace.updateLeader(request));
    }

    @Override
    public void getLeader(GetLeaderRequest request, StreamObserver<GetLeaderResponse> caller) {
        mood.answer(caller, namespace::leader);
    }

    @Override
    public void getNodes(GetNodesRequest request, StreamObserver<GetNodesResponse> caller) {
        mood.answer(caller, () -> namespace.nodes(request));
    }

    @Override
    public void getStats(GetStatsRequest request, StreamObserver<GetStatsResponse> caller) {
        mood.answer(caller, namespace::stats);
    }

    @Override
    public void watchNodes(WatchNodesRequest request, StreamObserver<WatchNodesResponse> caller) {
        if (mood.admits(caller)) {
            namespace.watch(request, (ServerCallStreamObserver<WatchNodesResponse>) caller);
        }
    }

    @Override
    public void healthCheck(HealthCheckRequest request, StreamObserver<HealthCheckResponse> caller) {
        mood.answer(caller, namespace::health);
    }
}

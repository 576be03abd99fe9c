package io.rollcall.server;

import io.grpc.stub.StreamObserver;
import io.rollcall.server.health.HealthService;
import io.rollcall.server.liveness.HeartbeatService;
import io.rollcall.server.registry.grpc.LeaderService;
import io.rollcall.server.registry.grpc.RegistryService;
import io.rollcall.server.watch.WatchService;
import io.rollcall.v1.GatewayServiceGrpc;
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
import io.rollcall.v1.ResetBootstrapRequest;
import io.rollcall.v1.ResetBootstrapResponse;
import io.rollcall.v1.UpdateLeaderRequest;
import io.rollcall.v1.UpdateLeaderResponse;
import io.rollcall.v1.WatchNodesRequest;
import io.rollcall.v1.WatchNodesResponse;

/** Delegates each method of the gRPC service to the feature that answers it. */
final class GatewayService extends GatewayServiceGrpc.GatewayServiceImplBase {
    private final RegistryService registry;
    private final LeaderService leader;
    private final HeartbeatService heartbeats;
    private final WatchService watch;
    private final HealthService health;

    GatewayService(
            RegistryService registry,
            LeaderService leader,
            HeartbeatService heartbeats,
            WatchService watch,
            HealthService health) {
        this.registry = registry;
        this.leader = leader;
        this.heartbeats = heartbeats;
        this.watch = watch;
        this.health = health;
    }

    @Override
    public void registerNode(RegisterNodeRequest request, StreamObserver<RegisterNodeResponse> reply) {
        registry.registerNode(request, reply);
    }

    @Override
    public void removeNode(RemoveNodeRequest request, StreamObserver<RemoveNodeResponse> reply) {
        registry.removeNode(request, reply);
    }

    @Override
    public void getNodes(GetNodesRequest request, StreamObserver<GetNodesResponse> reply) {
        registry.getNodes(request, reply);
    }

    @Override
    public void getStats(GetStatsRequest request, StreamObserver<GetStatsResponse> reply) {
        registry.getStats(reply);
    }

    @Override
    public void resetBootstrap(ResetBootstrapRequest request, StreamObserver<ResetBootstrapResponse> reply) {
        registry.resetBootstrap(request, reply);
    }

    @Override
    public void getLeader(GetLeaderRequest request, StreamObserver<GetLeaderResponse> reply) {
        leader.getLeader(reply);
    }

    @Override
    public void updateLeader(UpdateLeaderRequest request, StreamObserver<UpdateLeaderResponse> reply) {
        leader.updateLeader(request, reply);
    }

    @Override
    public void heartbeat(HeartbeatRequest request, StreamObserver<HeartbeatResponse> reply) {
        heartbeats.heartbeat(request, reply);
    }

    @Override
    public void watchNodes(WatchNodesRequest request, StreamObserver<WatchNodesResponse> reply) {
        watch.watchNodes(request, reply);
    }

    @Override
    public StreamObserver<HeartbeatRequest> keepAlive(StreamObserver<HeartbeatResponse> reply) {
        return heartbeats.keepAlive(reply);
    }

    @Override
    public void healthCheck(HealthCheckRequest request, StreamObserver<HealthCheckResponse> reply) {
        health.healthCheck(reply);
    }
}

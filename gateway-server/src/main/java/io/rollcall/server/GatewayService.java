package io.rollcall.server;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.StreamObserver;
import io.rollcall.server.health.HealthService;
import io.rollcall.server.liveness.HeartbeatService;
import io.rollcall.server.registry.grpc.EncodedReplies;
import io.rollcall.server.registry.grpc.LeaderService;
import io.rollcall.server.registry.grpc.RegistryService;
import io.rollcall.server.watch.WatchService;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.GetLeaderRequest;
import io.rollcall.v1.GetLeaderResponse;
import io.rollcall.v1.GetStatsRequest;
import io.rollcall.v1.GetStatsResponse;
import io.rollcall.v1.HealthCheckRequest;
import io.rollcall.v1.HealthCheckResponse;
import io.rollcall.v1.HeartbeatRequest;
import io.rollcall.v1.HeartbeatResponse;
import io.rollcall.v1.RemoveNodeRequest;
import io.rollcall.v1.RemoveNodeResponse;
import io.rollcall.v1.ResetBootstrapRequest;
import io.rollcall.v1.ResetBootstrapResponse;
import io.rollcall.v1.UpdateLeaderRequest;
import io.rollcall.v1.UpdateLeaderResponse;

/**
 * Delegates each method of the gRPC service to the feature that answers it. The features encode replies that list nodes
 * themselves, so {@link #bindService} names those methods.
 */
final class GatewayService implements GatewayServiceGrpc.AsyncService, BindableService {
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
    public ServerServiceDefinition bindService() {
        return EncodedReplies.of(GatewayServiceGrpc.bindService(this))
                .unary(GatewayServiceGrpc.getRegisterNodeMethod(), registry::registerNode)
                .unary(GatewayServiceGrpc.getGetNodesMethod(), registry::getNodes)
                .stream(GatewayServiceGrpc.getWatchNodesMethod(), watch::watchNodes)
                .build();
    }

    @Override
    public void removeNode(RemoveNodeRequest request, StreamObserver<RemoveNodeResponse> reply) {
        registry.removeNode(request, reply);
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
    public StreamObserver<HeartbeatRequest> keepAlive(StreamObserver<HeartbeatResponse> reply) {
        return heartbeats.keepAlive(reply);
    }

    @Override
    public void healthCheck(HealthCheckRequest request, StreamObserver<HealthCheckResponse> reply) {
        health.healthCheck(reply);
    }
}

package io.rollcall.server.testing;

import io.grpc.stub.StreamObserver;
import io.rollcall.server.identity.grpc.CurrentCall;
import io.rollcall.v1.*;
import java.util.concurrent.atomic.AtomicInteger;

/** Says who called, and counts how often it was reached. */
public final class EchoService extends GatewayServiceGrpc.GatewayServiceImplBase {
    public final AtomicInteger reached = new AtomicInteger();

    private <R> void reply(StreamObserver<R> observer, R reply) {
        reached.incrementAndGet();
        observer.onNext(reply);
        observer.onCompleted();
    }

    private static String caller() {
        return CurrentCall.caller().toString();
    }

    @Override
    public void registerNode(RegisterNodeRequest request, StreamObserver<RegisterNodeResponse> observer) {
        reply(observer, RegisterNodeResponse.newBuilder().setMessage(caller()).build());
    }

    @Override
    public void getNodes(GetNodesRequest request, StreamObserver<GetNodesResponse> observer) {
        reply(observer, GetNodesResponse.newBuilder().setRegistryId(caller()).build());
    }

    @Override
    public void getLeader(GetLeaderRequest request, StreamObserver<GetLeaderResponse> observer) {
        reply(observer, GetLeaderResponse.newBuilder().setMessage(caller()).build());
    }

    @Override
    public void updateLeader(UpdateLeaderRequest request, StreamObserver<UpdateLeaderResponse> observer) {
        reply(observer, UpdateLeaderResponse.newBuilder().setMessage(caller()).build());
    }

    @Override
    public void heartbeat(HeartbeatRequest request, StreamObserver<HeartbeatResponse> observer) {
        reply(observer, HeartbeatResponse.newBuilder().setStatus(caller()).build());
    }

    /** Echoes each heartbeat. */
    @Override
    public StreamObserver<HeartbeatRequest> keepAlive(StreamObserver<HeartbeatResponse> observer) {
        return new StreamObserver<>() {
            @Override
            public void onNext(HeartbeatRequest request) {
                reached.incrementAndGet();
                observer.onNext(
                        HeartbeatResponse.newBuilder().setStatus(caller()).build());
            }

            @Override
            public void onError(Throwable failure) {}

            @Override
            public void onCompleted() {
                observer.onCompleted();
            }
        };
    }

    @Override
    public void healthCheck(HealthCheckRequest request, StreamObserver<HealthCheckResponse> observer) {
        reply(observer, HealthCheckResponse.newBuilder().setStatus(caller()).build());
    }

    @Override
    public void removeNode(RemoveNodeRequest request, StreamObserver<RemoveNodeResponse> observer) {
        reply(observer, RemoveNodeResponse.newBuilder().setMessage(caller()).build());
    }

    @Override
    public void getStats(GetStatsRequest request, StreamObserver<GetStatsResponse> observer) {
        reply(observer, GetStatsResponse.newBuilder().setRegistryId(caller()).build());
    }
}

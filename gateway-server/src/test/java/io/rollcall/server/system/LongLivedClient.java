package io.rollcall.server.system;

import com.google.rpc.ErrorInfo;
import io.grpc.ConnectivityState;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import io.rollcall.devcerts.Member;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.GetStatsRequest;
import io.rollcall.v1.HeartbeatRequest;
import io.rollcall.v1.HeartbeatResponse;
import io.rollcall.v1.RegisterNodeRequest;
import io.rollcall.v1.WatchNodesRequest;
import io.rollcall.v1.WatchNodesResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A registered node that keeps all kinds of streams open on one connection, and another connection with nothing on it;
 * and notes when and how they end.
 */
final class LongLivedClient implements AutoCloseable {
    /** How a stream or a connection ended. */
    record Ending(long atNanos, String reason) {}

    private final int node;
    private final MemberChannel channel;
    private final MemberChannel idle;
    private final Stream<WatchNodesResponse> watch = new Stream<>();
    private final Stream<HeartbeatResponse> keepAlive = new Stream<>();
    private final Stream<HealthCheckResponse> health = new Stream<>();
    private final CompletableFuture<Ending> idleClosed = new CompletableFuture<>();
    private final StreamObserver<HeartbeatRequest> beats;

    LongLivedClient(GatewayProcess gateway, Member member, int node) throws Exception {
        this.node = node;
        channel = new MemberChannel(gateway, member.credential(), member.token());
        idle = new MemberChannel(gateway, member.credential(), member.token());
        GatewayServiceGrpc.newBlockingStub(channel.channel())
                .registerNode(RegisterNodeRequest.newBuilder()
                        .setNodeId(node)
                        .setIpAddress("10.0.0.1")
                        .setPort(5000)
                        .build());
        GatewayServiceGrpc.newStub(channel.channel()).watchNodes(WatchNodesRequest.getDefaultInstance(), watch);
        HealthGrpc.newStub(channel.channel()).watch(HealthCheckRequest.getDefaultInstance(), health);
        beats = GatewayServiceGrpc.newStub(channel.channel()).keepAlive(keepAlive);
        watch.awaitMessage();
        health.awaitMessage();
        beat();
        ask(idle);
        idle.channel()
                .notifyWhenStateChanged(
                        ConnectivityState.READY, () -> idleClosed.complete(new Ending(System.nanoTime(), "closed")));
    }

    private void beat() throws InterruptedException {
        beats.onNext(HeartbeatRequest.newBuilder().setNodeId(node).build());
        keepAlive.awaitMessage();
    }

    private static void ask(MemberChannel of) {
        var unused = GatewayServiceGrpc.newBlockingStub(of.channel())
                .withDeadlineAfter(10, TimeUnit.SECONDS)
                .getStats(GetStatsRequest.getDefaultInstance());
    }

    /** Calls on the connection with the streams. @return empty: it went through; else how it was refused */
    String callRefused() {
        try {
            ask(channel);
            return "";
        } catch (StatusRuntimeException e) {
            return reason(e);
        }
    }

    /** What ends when credentials are withdrawn: three streams, and a connection where nothing happens. */
    List<CompletableFuture<Ending>> endings() {
        return List.of(watch.ending, keepAlive.ending, health.ending, idleClosed);
    }

    List<CompletableFuture<Ending>> streamEndings() {
        return List.of(watch.ending, keepAlive.ending, health.ending);
    }

    /** Those that a token let in. */
    List<CompletableFuture<Ending>> tokenStreamEndings() {
        return List.of(watch.ending, keepAlive.ending);
    }

    /** Nothing has ended, and the same streams still do what they are for. */
    void assertUndisturbed() throws InterruptedException {
        for (CompletableFuture<Ending> ending : endings()) {
            if (ending.isDone()) {
                throw new AssertionError("node " + node + " was disturbed: " + ending.join());
            }
        }
        beat();
        ask(channel);
    }

    /** The code, and what the gateway gives as its stable reason. */
    static String reason(Throwable refused) {
        com.google.rpc.Status status = StatusProto.fromThrowable(refused);
        String reason = Status.fromThrowable(refused).getCode().toString();
        if (status == null || status.getDetailsCount() == 0) {
            return reason;
        }
        try {
            return reason + " " + status.getDetails(0).unpack(ErrorInfo.class).getReason();
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() throws InterruptedException {
        channel.close();
        idle.close();
    }

    private static final class Stream<M> implements StreamObserver<M> {
        private final Semaphore messages = new Semaphore(0);
        private final CompletableFuture<Ending> ending = new CompletableFuture<>();

        void awaitMessage() throws InterruptedException {
            if (!messages.tryAcquire(30, TimeUnit.SECONDS)) {
                throw new AssertionError("no message; ended: " + ending);
            }
        }

        @Override
        public void onNext(M message) {
            messages.release();
        }

        @Override
        public void onError(Throwable end) {
            ending.complete(new Ending(System.nanoTime(), reason(end)));
        }

        @Override
        public void onCompleted() {
            onError(Status.OK.asRuntimeException(new Metadata()));
        }
    }
}

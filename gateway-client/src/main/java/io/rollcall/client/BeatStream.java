package io.rollcall.client;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.HeartbeatRequest;
import io.rollcall.v1.HeartbeatResponse;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One stream of heartbeats, with one heartbeat in flight at a time. Once failed, it stays failed.
 *
 * <p>Threads: one sends; gRPC's threads deliver the answers and the end; {@link #hangUp} and {@link #isOpenOn} from
 * any.
 */
final class BeatStream implements StreamObserver<HeartbeatResponse> {

    private final ServerChannel server;
    private final Runnable hangUp = this::hangUp;
    private final BiConsumer<BeatStream, GatewayException> whenBroken;
    private final AtomicReference<@Nullable CompletableFuture<HeartbeatResponse>> asked = new AtomicReference<>();
    private final ClientCall<HeartbeatRequest, HeartbeatResponse> call;
    private @Nullable StreamObserver<HeartbeatRequest> requests;
    private volatile @Nullable StatusRuntimeException failure;
    private volatile boolean isLeft;
    private volatile int answers;

    private BeatStream(
            ServerChannel server,
            ClientCall<HeartbeatRequest, HeartbeatResponse> call,
            BiConsumer<BeatStream, GatewayException> whenBroken) {
        this.server = server;
        this.call = call;
        this.whenBroken = whenBroken;
    }

    /**
     * @param whenBroken called on one of gRPC's threads when the stream ends while no heartbeat waits for its answer
     */
    static BeatStream open(
            ServerChannel server, CallOptions options, BiConsumer<BeatStream, GatewayException> whenBroken) {
        ClientCall<HeartbeatRequest, HeartbeatResponse> call =
                server.channel().newCall(GatewayServiceGrpc.getKeepAliveMethod(), options);
        BeatStream stream = new BeatStream(server, call, whenBroken);
        stream.requests = ClientCalls.asyncBidiStreamingCall(call, stream);
        server.hold(stream.hangUp);
        return stream;
    }

    /**
     * Sends a heartbeat and waits for its answer; an interrupt ends the stream.
     *
     * @throws StatusRuntimeException if there is no answer
     */
    HeartbeatResponse beat(HeartbeatRequest request, Duration atMost) {
        CompletableFuture<HeartbeatResponse> answer = new CompletableFuture<>();
        asked.set(answer);
        StatusRuntimeException earlier = failure;
        if (earlier != null) {
            throw earlier;
        }
        Objects.requireNonNull(requests, "opened").onNext(request);
        try {
            return answer.get(Math.max(1, atMost.toMillis()), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw Status.DEADLINE_EXCEEDED
                    .withDescription("no answer to a heartbeat within " + atMost.toMillis() + " ms")
                    .withCause(e)
                    .asRuntimeException();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Status.CANCELLED.withDescription("interrupted").withCause(e).asRuntimeException();
        } catch (ExecutionException e) {
            throw Status.fromThrowable(e.getCause()).asRuntimeException(Status.trailersFromThrowable(e.getCause()));
        }
    }

    boolean isOpenOn(ServerChannel other) {
        return server == other && failure == null && !isLeft;
    }

    /** Returns the number of answered heartbeats. */
    int answers() {
        return answers;
    }

    /** Closes the stream without notifying the owner. */
    void leave() {
        isLeft = true;
        hangUp();
    }

    /** Cancels the stream; the owner is notified as of any other end. */
    void hangUp() {
        call.cancel("the client ends this stream", null);
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // gRPC delivers answers one at a time
    public void onNext(HeartbeatResponse answer) {
        answers++;
        // The gateway ends the stream after any other answer.
        isLeft |= !answer.getStatus().equals("acknowledged");
        CompletableFuture<HeartbeatResponse> waiting = asked.getAndSet(null);
        if (waiting != null) {
            waiting.complete(answer);
        }
    }

    @Override
    public void onError(Throwable thrown) {
        StatusRuntimeException ended =
                Status.fromThrowable(thrown).asRuntimeException(Status.trailersFromThrowable(thrown));
        failure = ended;
        server.release(hangUp);
        CompletableFuture<HeartbeatResponse> waiting = asked.getAndSet(null);
        if (waiting != null) {
            waiting.completeExceptionally(ended);
        } else if (!isLeft) {
            whenBroken.accept(this, server.describe(ended));
        }
    }

    @Override
    public void onCompleted() {
        onError(Status.UNAVAILABLE
                .withDescription("the gateway ended the stream")
                .asRuntimeException());
    }
}

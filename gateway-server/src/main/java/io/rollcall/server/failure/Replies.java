package io.rollcall.server.failure;

import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** Answers a unary call once its result is there. */
public final class Replies {
    private Replies() {}

    /** Sends the one reply. */
    public static <M> void send(StreamObserver<M> to, M message) {
        to.onNext(message);
        to.onCompleted();
    }

    /**
     * As {@link #send(StreamObserver, CompletableFuture, Function)}, where making the message may take a while: on one
     * of these threads rather than on that which completes the result.
     */
    public static <R, M> void send(
            StreamObserver<M> to, CompletableFuture<R> result, Function<R, M> message, Executor executor) {
        send(to, result.thenApplyAsync(message, executor), Function.identity());
    }

    /**
     * Sends what {@code message} makes of the result, from the thread that completes it; or ends the call with what
     * went wrong, which {@link RefusalInterceptor} turns into a status.
     */
    public static <R, M> void send(StreamObserver<M> to, CompletableFuture<R> result, Function<R, M> message) {
        var unused = result.thenApply(message).whenComplete((reply, failure) -> {
            if (failure == null) {
                sendOrFail(to, reply);
            } else {
                to.onError(failure.getCause() == null ? failure : failure.getCause());
            }
        });
    }

    /** What is thrown here the future would keep to itself, and the caller wait for ever. */
    private static <M> void sendOrFail(StreamObserver<M> to, M message) {
        try {
            send(to, message);
        } catch (RuntimeException | Error e) {
            to.onError(e);
        }
    }
}

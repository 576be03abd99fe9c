package io.rollcall.server.failure;

import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** Answers a unary call once its result is available. */
public final class Replies {
    private Replies() {}

    /** Sends the one reply. */
    public static <M> void send(StreamObserver<M> to, M message) {
        to.onNext(message);
        to.onCompleted();
    }

    /**
     * As {@link #send(StreamObserver, CompletableFuture, Function)}, for messages that take a while to make: runs on
     * the given threads instead of the one that completes the result.
     */
    public static <R, M> void send(
            StreamObserver<M> to, CompletableFuture<R> result, Function<R, M> message, Executor executor) {
        send(to, result.thenApplyAsync(message, executor), Function.identity());
    }

    /**
     * Sends the message made from the result, on the thread that completes it. On failure, ends the call with the
     * exception, which {@link RefusalInterceptor} turns into a status.
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

    /** Catches exceptions, which the future would swallow, so that the caller would wait for ever. */
    private static <M> void sendOrFail(StreamObserver<M> to, M message) {
        try {
            send(to, message);
        } catch (RuntimeException | Error e) {
            to.onError(e);
        }
    }
}

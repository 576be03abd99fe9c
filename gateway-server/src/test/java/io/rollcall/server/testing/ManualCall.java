package io.rollcall.server.testing;

import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Stands for a call, driven by hand: remembers what was sent, and takes more only while it reads.
 *
 * @param <S> the messages as the service sends them
 * @param <R> the messages as a client reads them
 */
public final class ManualCall<S, R> extends ServerCallStreamObserver<S> {
    public final List<R> answers = new ArrayList<>();
    public final List<Throwable> failures = new ArrayList<>();
    /** Messages that the service asked for; gRPC asks for the first by itself, unless told not to. */
    public int asked = 1;

    public boolean isReading = true;
    public boolean isCompleted;

    private final Function<S, R> read;
    private @Nullable Runnable onReady;
    private @Nullable Runnable onCancel;
    private @Nullable Runnable onClose;

    public ManualCall(Function<S, R> read) {
        this.read = read;
    }

    /** Reads again, and tells the service. */
    public void readAgain() {
        isReading = true;
        run(onReady);
    }

    public void cancel() {
        run(onCancel);
    }

    public void close() {
        run(onClose);
    }

    private static void run(@Nullable Runnable handler) {
        if (handler == null) {
            throw new AssertionError("the service has set no such handler");
        }
        handler.run();
    }

    @Override
    public void onNext(S answer) {
        answers.add(read.apply(answer));
    }

    @Override
    public void onCompleted() {
        isCompleted = true;
    }

    @Override
    public void onError(Throwable error) {
        failures.add(error);
    }

    @Override
    public boolean isReady() {
        return isReading;
    }

    @Override
    public boolean isCancelled() {
        return false;
    }

    @Override
    public void request(int count) {
        asked += count;
    }

    @Override
    public void disableAutoRequest() {
        asked = 0;
    }

    @Override
    public void setOnReadyHandler(Runnable handler) {
        onReady = handler;
    }

    @Override
    public void setOnCancelHandler(Runnable handler) {
        onCancel = handler;
    }

    @Override
    public void setOnCloseHandler(Runnable handler) {
        onClose = handler;
    }

    @Override
    public void disableAutoInboundFlowControl() {
        throw new AssertionError("deprecated");
    }

    @Override
    public void setMessageCompression(boolean enable) {}

    @Override
    public void setCompression(String compression) {}
}

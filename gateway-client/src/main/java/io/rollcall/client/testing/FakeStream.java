package io.rollcall.client.testing;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.rollcall.v1.HeartbeatRequest;
import io.rollcall.v1.HeartbeatResponse;

/** One stream of heartbeats: the namespace answers if the mood permits. Guarded by itself. */
final class FakeStream implements StreamObserver<HeartbeatRequest> {

    private final FakeNamespace namespace;
    private final FakeMood mood;
    private final StreamObserver<HeartbeatResponse> caller;
    private boolean over;

    FakeStream(FakeNamespace namespace, FakeMood mood, StreamObserver<HeartbeatResponse> caller) {
        this.namespace = namespace;
        this.mood = mood;
        this.caller = caller;
    }

    @Override
    public synchronized void onNext(HeartbeatRequest request) {
        if (!over) {
            over = mood.answerOnStream(caller, () -> namespace.beat(request));
        }
    }

    @Override
    public synchronized void onError(Throwable cancelled) {
        over = true;
    }

    @Override
    public synchronized void onCompleted() {
        if (!over) {
            over = true;
            caller.onCompleted();
        }
    }

    synchronized void end(StatusRuntimeException why) {
        if (!over) {
            over = true;
            caller.onError(why);
        }
    }

    synchronized boolean isOpen() {
        return !over;
    }
}

package io.rollcall.client.testing;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.rollcall.v1.HeartbeatRequest;
import io.rollcall.v1.HeartbeatResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** The heartbeat streams requested so far, including ended ones. Any thread. */
final class FakeStreams {

    private final FakeNamespace namespace;
    private final FakeMood mood;
    private final List<FakeStream> asked = new CopyOnWriteArrayList<>();
    private volatile boolean areServed = true;

    FakeStreams(FakeNamespace namespace, FakeMood mood) {
        this.namespace = namespace;
        this.mood = mood;
    }

    StreamObserver<HeartbeatRequest> open(StreamObserver<HeartbeatResponse> caller) {
        FakeStream stream = new FakeStream(namespace, mood, caller);
        asked.add(stream);
        if (!areServed) {
            stream.end(FakeMood.refusal(Status.Code.UNIMPLEMENTED, ""));
        }
        return stream;
    }

    void serve(boolean served) {
        areServed = served;
    }

    /** @param retryAfter null: not set */
    void breakAll(@Nullable Duration retryAfter) {
        asked.forEach(stream -> stream.end(FakeMood.refusal(Status.Code.UNAVAILABLE, "STREAM_BROKEN", retryAfter)));
    }

    int asked() {
        return asked.size();
    }

    int open() {
        return (int) asked.stream().filter(FakeStream::isOpen).count();
    }
}

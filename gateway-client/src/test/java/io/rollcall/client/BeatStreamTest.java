package io.rollcall.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.rollcall.client.testing.FakeGateway;
import io.rollcall.v1.HeartbeatResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How the end of a stream is told, by calling back as gRPC does. */
class BeatStreamTest {

    private final FakeGateway gateway = FakeGateway.start();
    private final ServerChannel server =
            new ServerChannel(Target.parse(gateway.target()), new PlaintextDialer(Limits.DEFAULT));
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final BeatStream stream =
            BeatStream.open(server, CallOptions.DEFAULT, (which, why) -> told.add(why.code()));

    @AfterEach
    void close() {
        server.hangUp();
        gateway.close();
    }

    @Test
    void stream_thatEndsBetweenHeartbeats_isReportedAsBroken() {
        stream.onNext(answer("acknowledged"));
        stream.onCompleted();
        assertThat(told).containsExactly("UNAVAILABLE");
        assertThat(stream.isOpenOn(server)).isFalse();
    }

    /** The gateway ends it after such an answer, which the session has dealt with: it must not be woken once more. */
    @Test
    void stream_thatEndsAfterNotFound_isNotReported() {
        stream.onNext(answer("not_found"));
        stream.onCompleted();
        assertThat(told).isEmpty();
        assertThat(stream.isOpenOn(server)).isFalse();
    }

    @Test
    void stream_thatItsOwnerLeft_isNotReported() {
        stream.leave();
        stream.onCompleted();
        assertThat(told).isEmpty();
    }

    private static HeartbeatResponse answer(String status) {
        return HeartbeatResponse.newBuilder().setStatus(status).build();
    }
}

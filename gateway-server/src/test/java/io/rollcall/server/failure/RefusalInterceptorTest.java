package io.rollcall.server.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.HeartbeatRequest;
import io.rollcall.v1.HeartbeatResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RefusalInterceptorTest {
    private final Recorded call = new Recorded();
    private final List<String> heard = new ArrayList<>();

    /** Notes what reaches the wire and, as grpc does, does not stand a second close. */
    private static final class Recorded extends ServerCall<HeartbeatRequest, HeartbeatResponse> {
        final List<Status> closes = new ArrayList<>();
        final List<Metadata> trailers = new ArrayList<>();
        int messages;

        @Override
        public void request(int count) {}

        @Override
        public void sendHeaders(Metadata headers) {}

        @Override
        public void sendMessage(HeartbeatResponse message) {
            assertThat(closes).isEmpty();
            messages++;
        }

        @Override
        public void close(Status status, Metadata metadata) {
            assertThat(closes).isEmpty();
            closes.add(status);
            trailers.add(metadata);
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public MethodDescriptor<HeartbeatRequest, HeartbeatResponse> getMethodDescriptor() {
            return GatewayServiceGrpc.getHeartbeatMethod();
        }
    }

    private final List<String> told = new ArrayList<>();
    private final List<Runnable> held = new ArrayList<>();
    private ReplyRoom room = ReplyRoom.ENOUGH;

    private ServerCall.Listener<HeartbeatRequest> start(
            ServerCallHandler<HeartbeatRequest, HeartbeatResponse> service) {
        return new RefusalInterceptor(
                        () -> 0xCAFEL << 32,
                        new RefusalThrottle(connection -> "", () -> 0, (task, after) -> held.add(task)),
                        (connection, method, refusal) -> told.add(method + " " + refusal.refusal()),
                        room)
                .interceptCall(call, new Metadata(), service);
    }

    private String reason() throws Exception {
        return StatusProto.fromStatusAndTrailers(call.closes.get(0), call.trailers.get(0))
                .getDetails(0)
                .unpack(com.google.rpc.ErrorInfo.class)
                .getReason();
    }

    @Test
    void aRefusalAtTheStart_endsTheCall_andLaterCallbacksGoNowhere() throws Exception {
        var listener = start((started, headers) -> {
            throw Refusal.TOKEN_MISSING.because("expected a token");
        });
        listener.onMessage(HeartbeatRequest.getDefaultInstance());
        listener.onHalfClose();
        listener.onCancel();

        assertThat(call.closes).singleElement().satisfies(status -> {
            assertThat(status.getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
            assertThat(status.getDescription()).isEqualTo("expected a token");
        });
        assertThat(reason()).isEqualTo("TOKEN_MISSING");
        assertThat(told).containsExactly("rollcall.v1.GatewayService/Heartbeat TOKEN_MISSING");
    }

    private ServerCall.Listener<HeartbeatRequest> failing(RuntimeException thrown) {
        return start((started, headers) -> new ServerCall.Listener<>() {
            @Override
            public void onMessage(HeartbeatRequest message) {
                heard.add("message");
                throw thrown;
            }

            @Override
            public void onHalfClose() {
                heard.add("half close");
            }

            @Override
            public void onCancel() {
                heard.add("cancel");
                started.sendMessage(HeartbeatResponse.getDefaultInstance());
                started.close(Status.OK, new Metadata());
            }
        });
    }

    @Test
    void aRefusalInACallback_endsTheCallOnce_andTheServiceHearsOfItsEnd() throws Exception {
        var listener = failing(Refusal.NOT_PERMITTED.because("node_id: 7"));
        listener.onMessage(HeartbeatRequest.getDefaultInstance());
        listener.onMessage(HeartbeatRequest.getDefaultInstance());
        listener.onHalfClose();
        listener.onCancel();

        assertThat(heard).containsExactly("message", "cancel");
        assertThat(call.closes).extracting(Status::getCode).containsExactly(Status.Code.PERMISSION_DENIED);
        assertThat(call.messages).isZero();
        assertThat(reason()).isEqualTo("NOT_PERMITTED");
        assertThat(told).containsExactly("rollcall.v1.GatewayService/Heartbeat NOT_PERMITTED");
    }

    @Test
    void aDefect_isAnIncident_andTellsNothingInternal() throws Exception {
        failing(new IllegalStateException("SELECT secret FROM table")).onMessage(HeartbeatRequest.getDefaultInstance());

        assertThat(call.closes).singleElement().satisfies(status -> {
            assertThat(status.getCode()).isEqualTo(Status.Code.INTERNAL);
            assertThat(status.getDescription())
                    .isEqualTo("the gateway failed; its log has the details under incident 0000cafe");
            assertThat(status.getCause()).isNull();
        });
        assertThat(reason()).isEqualTo("INTERNAL");
        assertThat(told).containsExactly("rollcall.v1.GatewayService/Heartbeat INTERNAL");
    }

    /** What a caller's bytes can do to a parser must not reach the event loop. */
    @Test
    void anError_isAnIncident_wheneverItIsThrown() throws Exception {
        start((started, headers) -> {
            throw new StackOverflowError("deep");
        });
        assertThat(reason()).isEqualTo("INTERNAL");
        assertThat(told).containsExactly("rollcall.v1.GatewayService/Heartbeat INTERNAL");
    }

    @Test
    void anErrorInACallback_isAnIncident() throws Exception {
        var listener = start((started, headers) -> new ServerCall.Listener<>() {
            @Override
            public void onHalfClose() {
                throw new LinkageError("SELECT secret");
            }
        });
        listener.onHalfClose();
        assertThat(reason()).isEqualTo("INTERNAL");
        assertThat(call.closes.get(0).getDescription()).doesNotContain("SELECT");
    }

    @Test
    void noMemoryOutsideTheHeap_costsTheCallAlone() throws Exception {
        start((started, headers) -> {
            throw new OutOfMemoryError("Cannot reserve 4194304 bytes of direct buffer memory (allocated: 1, limit: 2)");
        });
        assertThat(call.closes).extracting(Status::getCode).containsExactly(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(reason()).isEqualTo("OUT_OF_MEMORY");
        assertThat(told).containsExactly("rollcall.v1.GatewayService/Heartbeat OUT_OF_MEMORY");
    }

    /** Before gRPC begins to write it, which would end the call as CANCELLED. */
    @Test
    void aReplyWithoutRoom_isNotBegun() throws Exception {
        room = reply -> {
            throw new OutOfMemoryError("Cannot reserve 4194304 bytes of direct buffer memory (allocated: 1, limit: 2)");
        };
        var listener = start((started, headers) -> new ServerCall.Listener<>() {
            @Override
            public void onHalfClose() {
                started.sendMessage(HeartbeatResponse.getDefaultInstance());
            }
        });
        listener.onHalfClose();
        assertThat(call.messages).isZero();
        assertThat(reason()).isEqualTo("OUT_OF_MEMORY");
    }

    @Test
    void anErrorHandedToTheObserver_isTreatedLikeAThrownOne() throws Exception {
        start((started, headers) -> {
            started.close(Status.fromThrowable(Refusal.STORE_UNAVAILABLE.because("try again")), new Metadata());
            started.close(Status.OK, new Metadata());
            return new ServerCall.Listener<>() {};
        });

        assertThat(call.closes).extracting(Status::getCode).containsExactly(Status.Code.UNAVAILABLE);
        assertThat(reason()).isEqualTo("STORE_UNAVAILABLE");
        assertThat(told).containsExactly("rollcall.v1.GatewayService/Heartbeat STORE_UNAVAILABLE");
    }

    @Test
    void whatTheServiceSaysItself_passes() {
        start((started, headers) -> {
            started.sendMessage(HeartbeatResponse.getDefaultInstance());
            started.close(Status.OK, new Metadata());
            throw new IllegalStateException("after the end");
        });

        assertThat(call.messages).isEqualTo(1);
        assertThat(call.closes).containsExactly(Status.OK);
        assertThat(told).isEmpty();
    }
}

package io.rollcall.client.testing;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import io.rollcall.v1.HeartbeatResponse;
import io.rollcall.v1.RegisterNodeResponse;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Decides whether a call is answered, refused or lost. Guarded by itself. */
final class FakeMood {
    private static final Metadata.Key<String> PUSHBACK =
            Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

    private @Nullable StatusRuntimeException refusal;
    private int refusals;
    private boolean stalled;
    private int repliesToLose;
    private int registrationRepliesToLose;

    /** @param retryAfter null: not set in the refusal */
    synchronized void refuse(Status.Code code, String reason, @Nullable Duration retryAfter) {
        refusal = refusal(code, reason, retryAfter);
    }

    synchronized int refusals() {
        return refusals;
    }

    synchronized void stall() {
        stalled = true;
    }

    synchronized void loseReplies(int count) {
        repliesToLose = count;
    }

    synchronized void loseRegistrationReplies(int count) {
        registrationRepliesToLose = count;
    }

    synchronized void recover() {
        refusal = null;
        stalled = false;
        repliesToLose = 0;
        registrationRepliesToLose = 0;
    }

    /** Returns whether the call proceeds; otherwise it was answered or never will be. */
    synchronized boolean admits(StreamObserver<?> caller) {
        if (refusal != null && !stalled) {
            refusals++;
            caller.onError(refusal);
        }
        return refusal == null && !stalled;
    }

    synchronized <R> void answer(StreamObserver<R> caller, Supplier<R> act) {
        if (send(caller, act)) {
            caller.onCompleted();
        }
    }

    /** @return whether the stream ended: any answer but an acknowledgement ends it */
    synchronized boolean answerOnStream(StreamObserver<HeartbeatResponse> caller, Supplier<HeartbeatResponse> act) {
        AtomicReference<String> status = new AtomicReference<>("");
        boolean sent = send(caller, () -> {
            HeartbeatResponse answer = act.get();
            status.set(answer.getStatus());
            return answer;
        });
        if (sent && !"acknowledged".equals(status.get())) {
            caller.onCompleted();
            return true;
        }
        return !sent && !stalled;
    }

    /** @return whether an answer was sent; otherwise the call was refused or gets none */
    private <R> boolean send(StreamObserver<R> caller, Supplier<R> act) {
        if (!admits(caller)) {
            return false;
        }
        try {
            R reply = act.get();
            if (loses(reply)) {
                caller.onError(refusal(Status.Code.UNAVAILABLE, "REPLY_LOST"));
                return false;
            }
            caller.onNext(reply);
            return true;
        } catch (StatusRuntimeException e) {
            caller.onError(e);
            return false;
        }
    }

    private boolean loses(Object reply) {
        if (reply instanceof RegisterNodeResponse && registrationRepliesToLose > 0) {
            registrationRepliesToLose--;
            return true;
        }
        if (repliesToLose > 0) {
            repliesToLose--;
            return true;
        }
        return false;
    }

    static StatusRuntimeException refusal(Status.Code code, String reason) {
        return refusal(code, reason, null);
    }

    static StatusRuntimeException refusal(Status.Code code, String reason, @Nullable Duration retryAfter) {
        com.google.rpc.Status.Builder status = com.google.rpc.Status.newBuilder()
                .setCode(code.value())
                .setMessage("the fake gateway says no")
                .addDetails(Any.pack(ErrorInfo.newBuilder()
                        .setReason(reason)
                        .setDomain("rollcall")
                        .build()));
        Metadata pushback = new Metadata();
        if (retryAfter != null) {
            pushback.put(PUSHBACK, Long.toString(pushbackMillis(retryAfter)));
            status.addDetails(Any.pack(RetryInfo.newBuilder()
                    .setRetryDelay(com.google.protobuf.Duration.newBuilder()
                            .setSeconds(retryAfter.getSeconds())
                            .setNanos(retryAfter.getNano()))
                    .build()));
        }
        return StatusProto.toStatusRuntimeException(status.build(), pushback);
    }

    /** Bounds the value to an int32, like the gateway. */
    private static long pushbackMillis(Duration delay) {
        return delay.toSeconds() >= Integer.MAX_VALUE / 1_000 ? Integer.MAX_VALUE : delay.toMillis();
    }
}

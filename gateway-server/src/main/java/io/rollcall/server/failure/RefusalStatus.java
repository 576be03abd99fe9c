package io.rollcall.server.failure;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;

/** Turns a refusal into what gRPC sends: status, message, {@code google.rpc.ErrorInfo} and the retry delay, if any. */
public final class RefusalStatus {
    private static final String DOMAIN = "rollcall.io";

    /**
     * The retry delay for the retries built into gRPC libraries, which ignore {@code RetryInfo}: milliseconds, in
     * decimal (gRFC A6).
     */
    static final Metadata.Key<String> PUSHBACK =
            Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

    private RefusalStatus() {}

    /** The status code: gRPC's codes are the canonical ones, under the same names. */
    public static Status.Code code(Refusal refusal) {
        return Status.Code.valueOf(refusal.code().name());
    }

    /** Ends a call because of a refusal. */
    public static void close(ServerCall<?, ?> call, RefusedException why) {
        call.close(status(why).withCause(why), trailers(why));
    }

    /**
     * Returns the complete response, with the retry delay in both forms. Without a delay there is no pushback either: a
     * negative one would forbid a retry that the status itself leaves to the caller.
     */
    public static StatusRuntimeException of(RefusedException refused) {
        ErrorInfo info = ErrorInfo.newBuilder()
                .setReason(refused.refusal().name())
                .setDomain(DOMAIN)
                .build();
        com.google.rpc.Status.Builder status = com.google.rpc.Status.newBuilder()
                .setCode(code(refused.refusal()).value())
                .setMessage(refused.getMessage())
                .addDetails(Any.pack(info));
        Metadata pushback = new Metadata();
        refused.toldDelay().ifPresent(delay -> {
            status.addDetails(Any.pack(RetryInfo.newBuilder()
                    .setRetryDelay(com.google.protobuf.Duration.newBuilder()
                            .setSeconds(delay.getSeconds())
                            .setNanos(delay.getNano()))
                    .build()));
            pushback.put(PUSHBACK, Long.toString(pushbackMillis(delay)));
        });
        return StatusProto.toStatusRuntimeException(status.build(), pushback);
    }

    /** Rounds up, or the caller would retry too early; at most an int32, as clients parse it as one. */
    private static long pushbackMillis(Duration delay) {
        if (delay.isNegative()) {
            return 0;
        }
        long seconds = Math.min(delay.getSeconds(), Integer.MAX_VALUE);
        return Math.min(seconds * 1_000 + (delay.getNano() + 999_999) / 1_000_000, Integer.MAX_VALUE);
    }

    /** The status alone, for closing a call by hand together with {@link #trailers}. */
    static Status status(RefusedException refused) {
        return code(refused.refusal()).toStatus().withDescription(refused.getMessage());
    }

    /** The trailers that carry the {@code google.rpc.ErrorInfo} and the retry delay. */
    static Metadata trailers(RefusedException refused) {
        Metadata trailers = of(refused).getTrailers();
        return trailers == null ? new Metadata() : trailers;
    }
}

package io.rollcall.server.failure;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A refusal on its way to the caller. Without a stack trace: it is an answer, not a defect. */
public final class RefusedException extends RuntimeException {
    private static final String DOMAIN = "rollcall.io";

    /**
     * What the retries that gRPC libraries bring along obey, while they ignore {@code RetryInfo}: milliseconds, in
     * decimal (gRFC A6).
     */
    static final Metadata.Key<String> PUSHBACK =
            Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

    /** Memory comes back as clients read, and with the connections of those who do not. */
    private static final Duration RETRY_WITHOUT_MEMORY = Duration.ofSeconds(5);

    private final transient Refusal refusal;
    private final transient @Nullable Duration retryAfter;

    RefusedException(Refusal refusal, String message) {
        this(refusal, message, null);
    }

    private RefusedException(Refusal refusal, @Nullable String message, @Nullable Duration retryAfter) {
        super(message, null, false, false);
        this.refusal = refusal;
        this.retryAfter = retryAfter;
    }

    /** No memory outside the heap is left for a call. */
    public static RefusedException noMemory() {
        return Refusal.OUT_OF_MEMORY
                .because("the gateway has no memory left for this call; try again later")
                .retryAfter(RETRY_WITHOUT_MEMORY);
    }

    /** The same, telling the caller to wait so long before it tries again. */
    public RefusedException retryAfter(Duration delay) {
        return new RefusedException(refusal, getMessage(), delay);
    }

    /** How long the caller is told to wait; zero where it is not told. */
    public Duration retryAfter() {
        return retryAfter == null ? Duration.ZERO : retryAfter;
    }

    public Refusal refusal() {
        return refusal;
    }

    /**
     * What goes on the wire: status, message, {@code google.rpc.ErrorInfo} and, where there is one, the retry delay, in
     * both its forms. Where there is none, no pushback is sent either: a negative one would forbid a retry that the
     * status itself leaves to the caller.
     */
    public StatusRuntimeException toStatus() {
        ErrorInfo info = ErrorInfo.newBuilder()
                .setReason(refusal.name())
                .setDomain(DOMAIN)
                .build();
        com.google.rpc.Status.Builder status = com.google.rpc.Status.newBuilder()
                .setCode(refusal.code().value())
                .setMessage(getMessage())
                .addDetails(Any.pack(info));
        Duration delay = retryAfter;
        if (delay != null) {
            status.addDetails(Any.pack(RetryInfo.newBuilder()
                    .setRetryDelay(com.google.protobuf.Duration.newBuilder()
                            .setSeconds(delay.getSeconds())
                            .setNanos(delay.getNano()))
                    .build()));
        }
        Metadata pushback = new Metadata();
        if (delay != null) {
            pushback.put(PUSHBACK, Long.toString(pushbackMillis(delay)));
        }
        return StatusProto.toStatusRuntimeException(status.build(), pushback);
    }

    /** Rounded up, or the caller would come back too early; at most an int32, as clients read it into one. */
    private static long pushbackMillis(Duration delay) {
        if (delay.isNegative()) {
            return 0;
        }
        long seconds = Math.min(delay.getSeconds(), Integer.MAX_VALUE);
        return Math.min(seconds * 1_000 + (delay.getNano() + 999_999) / 1_000_000, Integer.MAX_VALUE);
    }

    /** The status alone, for closing a call by hand together with {@link #trailers}. */
    public Status status() {
        return refusal.code().toStatus().withDescription(getMessage());
    }

    /** The trailers that carry the {@code google.rpc.ErrorInfo} and the retry delay. */
    public Metadata trailers() {
        Metadata trailers = toStatus().getTrailers();
        return trailers == null ? new Metadata() : trailers;
    }
}

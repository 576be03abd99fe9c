package io.rollcall.client;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Thrown when the gateway refused a call or was not reached. Its message contains no credential. */
public final class GatewayException extends RuntimeException {

    private static final long serialVersionUID = 1;
    private static final long LONGEST_RETRY_SECONDS = Duration.ofDays(1).toSeconds();

    private final Status.Code code;
    private final @Nullable String reason;
    private final @Nullable Duration retryAfter;

    private GatewayException(
            String message, Throwable cause, Status.Code code, @Nullable String reason, @Nullable Duration retryAfter) {
        super(message, cause);
        this.code = code;
        this.reason = reason;
        this.retryAfter = retryAfter;
    }

    static GatewayException from(StatusRuntimeException e) {
        Status status = e.getStatus();
        String reason = detail(e, ErrorInfo.class).map(ErrorInfo::getReason).orElse(null);
        Duration retryAfter = detail(e, RetryInfo.class)
                .map(RetryInfo::getRetryDelay)
                .map(GatewayException::bounded)
                .orElse(null);
        String message = status.getCode() + (reason == null ? "" : " (" + reason + ")") + described(status);
        return new GatewayException(message, e, status.getCode(), reason, retryAfter);
    }

    /** Returns the gRPC code's name, such as {@code UNAUTHENTICATED}. */
    public String code() {
        return code.name();
    }

    /** Returns the stable reason in {@code google.rpc.ErrorInfo}, if the gateway gave one. */
    public Optional<String> reason() {
        return Optional.ofNullable(reason);
    }

    /** Bounds the delay, so that no value makes a session sleep forever or overflow. */
    private static Duration bounded(com.google.protobuf.Duration delay) {
        long seconds = Math.max(0, Math.min(LONGEST_RETRY_SECONDS, delay.getSeconds()));
        return Duration.ofSeconds(seconds, Math.max(0, delay.getNanos()));
    }

    /** Returns how long the gateway asks to wait before a retry, if it does: a day at most. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /** Returns whether the same call may succeed later without a change by the caller. */
    public boolean isTransient() {
        return switch (code) {
            case UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED -> true;
            default -> false;
        };
    }

    /** Returns {@link #retryAfter}, or zero if absent. */
    Duration told() {
        return retryAfter().orElse(Duration.ZERO);
    }

    boolean is(Status.Code other) {
        return code == other;
    }

    /**
     * Returns only the first line, since netty appends its pipeline, with the cause, which says more than "io
     * exception".
     */
    private static String described(Status status) {
        String description = Optional.ofNullable(status.getDescription()).orElse("");
        Throwable deepest = status.getCause();
        while (deepest != null && deepest.getCause() != null && deepest.getCause() != deepest) {
            deepest = deepest.getCause();
        }
        String beneath = deepest == null ? null : deepest.getMessage();
        String first = description.lines().findFirst().orElse("");
        if (beneath == null || description.contains(beneath)) {
            return first.isEmpty() ? "" : ": " + first;
        }
        return ": " + (first.isEmpty() ? "" : first + ": ")
                + beneath.lines().findFirst().orElse("");
    }

    private static <T extends Message> Optional<T> detail(StatusRuntimeException e, Class<T> type) {
        com.google.rpc.Status status = StatusProto.fromThrowable(e);
        if (status != null) {
            for (Any any : status.getDetailsList()) {
                if (any.is(type)) {
                    try {
                        return Optional.of(any.unpack(type));
                    } catch (InvalidProtocolBufferException malformed) {
                        return Optional.empty(); // Code and message still describe the error.
                    }
                }
            }
        }
        return Optional.empty();
    }
}

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

/** A call that the gateway refused, or that did not reach it. Its message holds no credential. */
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

    /** The gRPC code's name, {@code UNAUTHENTICATED} say. */
    public String code() {
        return code.name();
    }

    /** The stable reason in {@code google.rpc.ErrorInfo}, where the gateway gave one. */
    public Optional<String> reason() {
        return Optional.ofNullable(reason);
    }

    /** Whatever was written there: no session is to sleep for ever, or to trip over a number. */
    private static Duration bounded(com.google.protobuf.Duration delay) {
        long seconds = Math.max(0, Math.min(LONGEST_RETRY_SECONDS, delay.getSeconds()));
        return Duration.ofSeconds(seconds, Math.max(0, delay.getNanos()));
    }

    /** How long the gateway asks to wait before trying again, where it does: a day at most. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /** Whether the same call may well succeed later, with nothing changed by the caller. */
    public boolean isTransient() {
        return switch (code) {
            case UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED -> true;
            default -> false;
        };
    }

    /** The same, zero where it does not ask. */
    Duration told() {
        return retryAfter().orElse(Duration.ZERO);
    }

    boolean is(Status.Code other) {
        return code == other;
    }

    /** The first line alone: netty adds its pipeline below. What failed beneath says more than "io exception". */
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
                        return Optional.empty(); // The code and message still say what happened.
                    }
                }
            }
        }
        return Optional.empty();
    }
}

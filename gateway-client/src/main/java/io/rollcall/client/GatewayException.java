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
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Thrown when the gateway refused a call or was not reached. Its message contains no credential. */
public final class GatewayException extends RuntimeException {

    private static final long serialVersionUID = 1;
    private static final Set<Status.Code> TRANSIENT = Set.of(
            Status.Code.UNAVAILABLE,
            Status.Code.DEADLINE_EXCEEDED,
            Status.Code.RESOURCE_EXHAUSTED,
            Status.Code.ABORTED);
    private static final Set<Status.Code> FOREVER = Set.of(
            Status.Code.UNAUTHENTICATED,
            Status.Code.PERMISSION_DENIED,
            Status.Code.INVALID_ARGUMENT,
            Status.Code.UNIMPLEMENTED);
    private static final long LONGEST_RETRY_SECONDS = Duration.ofDays(1).toSeconds();

    private final Status.Code code;
    private final @Nullable String reason;
    private final @Nullable Duration retryAfter;
    private final boolean isTransient;

    private GatewayException(
            String message,
            Throwable cause,
            Status.Code code,
            @Nullable String reason,
            @Nullable Duration retryAfter,
            boolean isTransient) {
        super(message, cause);
        this.code = code;
        this.reason = reason;
        this.retryAfter = retryAfter;
        this.isTransient = isTransient;
    }

    /** Describes a failure that no gateway reported. */
    static GatewayException from(StatusRuntimeException e) {
        return of(e, "", Optional.empty());
    }

    /** Describes a failed call to that address. */
    static GatewayException of(StatusRuntimeException e, Target target, Optional<TlsFault> fault) {
        return of(e, "gateway " + target + ": ", fault);
    }

    private static GatewayException of(StatusRuntimeException e, String gateway, Optional<TlsFault> fault) {
        Status status = e.getStatus();
        String reason = detail(e, ErrorInfo.class).map(ErrorInfo::getReason).orElse(null);
        Duration retryAfter = detail(e, RetryInfo.class)
                .map(RetryInfo::getRetryDelay)
                .map(GatewayException::bounded)
                .orElse(null);
        String message = fault.map(TlsFault::message)
                .orElseGet(() ->
                        gateway + status.getCode() + (reason == null ? "" : " (" + reason + ")") + described(status));
        boolean isTransient = fault.map(TlsFault::isTransient).orElse(TRANSIENT.contains(status.getCode()));
        return new GatewayException(message, e, status.getCode(), reason, retryAfter, isTransient);
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
        return isTransient;
    }

    /** Returns whether only new files, another address or an administrator can help. */
    boolean needsMending() {
        return !isTransient && (FOREVER.contains(code) || code == Status.Code.UNAVAILABLE);
    }

    /** Returns the failure after which a retry is more likely to help; of two alike, the one with the longer wait. */
    static GatewayException moreHopeful(GatewayException one, GatewayException other) {
        if (one.isTransient != other.isTransient) {
            return one.isTransient ? one : other;
        }
        return one.told().compareTo(other.told()) <= 0 ? other : one;
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

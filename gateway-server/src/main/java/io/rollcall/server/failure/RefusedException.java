package io.rollcall.server.failure;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;

/** A refusal on its way to the caller. Without a stack trace: it is an answer, not a defect. */
public final class RefusedException extends RuntimeException {
    private static final String DOMAIN = "rollcall.io";

    private final transient Refusal refusal;

    RefusedException(Refusal refusal, String message) {
        super(message, null, false, false);
        this.refusal = refusal;
    }

    public Refusal refusal() {
        return refusal;
    }

    /** What goes on the wire: status, message and {@code google.rpc.ErrorInfo}. */
    public StatusRuntimeException toStatus() {
        ErrorInfo info = ErrorInfo.newBuilder()
                .setReason(refusal.name())
                .setDomain(DOMAIN)
                .build();
        return StatusProto.toStatusRuntimeException(com.google.rpc.Status.newBuilder()
                .setCode(refusal.code().value())
                .setMessage(getMessage())
                .addDetails(Any.pack(info))
                .build());
    }

    /** The status alone, for closing a call by hand together with {@link #trailers}. */
    public Status status() {
        return refusal.code().toStatus().withDescription(getMessage());
    }

    /** The trailers that carry the {@code google.rpc.ErrorInfo}. */
    public Metadata trailers() {
        Metadata trailers = toStatus().getTrailers();
        return trailers == null ? new Metadata() : trailers;
    }
}

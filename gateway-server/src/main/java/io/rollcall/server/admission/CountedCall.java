package io.rollcall.server.admission;

import com.google.protobuf.MessageLite;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.KnownLength;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.rollcall.server.config.Settings;
import io.rollcall.server.failure.RefusalStatus;
import io.rollcall.server.failure.RefusedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * A call that counts against its namespace's limits until it ends. Its replies count until the client has them; each
 * kind of call finds that out differently.
 */
abstract class CountedCall<Q, R> extends SimpleForwardingServerCall<Q, R> {
    final OpenCalls calls;
    final Settings present;
    private final ServerCall<Q, R> call;
    private final int headerBytes;
    private final InboundBuffering.@Nullable Request request;

    /**
     * Starts counting.
     *
     * @throws RefusedException if there is no room for it
     */
    CountedCall(ServerCall<Q, R> call, int headerBytes, OpenCalls calls, Settings present) {
        super(call);
        this.call = call;
        this.calls = calls;
        this.present = present;
        this.headerBytes = headerBytes;
        this.request = InboundBuffering.current();
        calls.begin(headerBytes, present);
        if (request != null) {
            request.countFor(
                    calls, present, call.getMethodDescriptor().getType().clientSendsOneMessage(), this::refuse);
        }
    }

    // Forwarded here, not in gRPC's class: see RefusalInterceptor.Guard.
    @Override
    public final void request(int messages) {
        call.request(messages);
    }

    @Override
    public final void sendHeaders(Metadata headers) {
        call.sendHeaders(headers);
    }

    @Override
    public final void close(Status status, Metadata trailers) {
        call.close(status, trailers);
    }

    /** The client is ready for more. */
    abstract void ready();

    /** Stops counting what was sent. */
    abstract void releaseReplies();

    /** Call it once. */
    final void ended() {
        releaseReplies();
        calls.end(headerBytes);
    }

    final void refuse(RefusedException why) {
        RefusalStatus.close(this, why);
    }

    /** Replies are messages, or streams of bytes that know their length. */
    static int size(Object message) {
        if (message instanceof MessageLite reply) {
            return reply.getSerializedSize();
        }
        try {
            return message instanceof KnownLength reply ? reply.available() : 0;
        } catch (IOException e) {
            throw new UncheckedIOException("a reply that cannot be read", e);
        }
    }

    final ServerCall.Listener<Q> listening(ServerCall.Listener<Q> service) {
        return new ServerCall.Listener<>() {
            @Override
            public void onMessage(Q message) {
                service.onMessage(message);
            }

            @Override
            public void onHalfClose() {
                try {
                    service.onHalfClose();
                } finally {
                    if (request != null) {
                        request.taken();
                    }
                }
            }

            @Override
            public void onReady() {
                ready();
                service.onReady();
            }

            @Override
            public void onCancel() {
                ended();
                service.onCancel();
            }

            @Override
            public void onComplete() {
                ended();
                service.onComplete();
            }
        };
    }
}

package io.rollcall.server.admission;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.namespace.Quotas;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Counts what gRPC keeps of requests whose rest has not come: for as long as a caller likes, and of as many as it may have
 * calls open. A tracer, since interceptors hear of a message only once it is whole.
 *
 * <pre>
 *   bytes of a message come ──▶ more than {@value #SMALL_BYTES} of it? they count ──▶ too many of the namespace: refused
 *   it is whole, or its call is over ──▶ they count no more
 * </pre>
 *
 * <p>Threads: the call's event loop.
 */
public final class HalfSent extends ServerStreamTracer.Factory {
    /** As most requests are: whole at once, and not worth a count that all event loops share. */
    static final int SMALL_BYTES = 1024;

    private static final Context.Key<Request> KEY = Context.key("rollcall-half-sent");

    @Override
    public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
        return new Request();
    }

    /** Of the call that this thread is serving; null: nobody counts. */
    static @Nullable Request current() {
        return KEY.get();
    }

    /** The message of one call that is on its way. */
    static final class Request extends ServerStreamTracer {
        private long come;
        private long counted;
        private @Nullable OpenCalls calls;
        private @Nullable Quotas present;
        private @Nullable Consumer<RefusedException> refuse;

        /** Counts from now on; nothing of a message is read before. */
        void countFor(OpenCalls namespace, Quotas quotas, Consumer<RefusedException> refusing) {
            calls = namespace;
            present = quotas;
            refuse = refusing;
        }

        @Override
        public Context filterContext(Context context) {
            return context.withValue(KEY, this);
        }

        @Override
        public void inboundWireSize(long bytes) {
            come += bytes;
            if (come > SMALL_BYTES && calls != null && present != null && refuse != null) {
                try {
                    calls.halfSent(come - counted, present);
                    counted = come;
                } catch (RefusedException e) {
                    refuse.accept(e);
                }
            }
        }

        @Override
        public void inboundMessageRead(int number, long wireBytes, long bytes) {
            forget();
        }

        @Override
        public void streamClosed(Status status) {
            forget();
        }

        private void forget() {
            if (calls != null && counted > 0) {
                calls.release(counted);
            }
            come = 0;
            counted = 0;
        }
    }
}

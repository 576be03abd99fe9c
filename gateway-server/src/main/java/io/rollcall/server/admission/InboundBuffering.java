package io.rollcall.server.admission;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.rollcall.server.config.Settings;
import io.rollcall.server.failure.RefusedException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Counts what is kept of requests whose rest has not come: for as long as a caller likes, and of as many as it may have
 * calls open. A tracer, since interceptors hear of a message only once it is whole.
 *
 * <pre>
 *   bytes of a message come ──▶ more than {@value #SMALL_BYTES} of it? they count ──▶ too many of the namespace: refused
 *   it is whole, of a stream of messages ──▶ the service has it; it counts no more
 *   it is whole, and to be the only one ──▶ it is kept, and counts as what it is in memory, until the caller has said so
 *   the call is over ──▶ nothing counts
 * </pre>
 *
 * <p>Threads: the call's event loop.
 */
public final class InboundBuffering extends ServerStreamTracer.Factory {
    /** As most requests are: whole at once, and not worth a count that all event loops share. */
    static final int SMALL_BYTES = 1024;

    /** A whole request of this size is within the fixed cost of its call; heartbeats are smaller. */
    static final int SMALL_WHOLE_BYTES = 40;

    /** How much larger a message is in memory than on the wire, at the worst: a list of texts of one letter. */
    static final int IN_MEMORY = 24;

    private static final Context.Key<Request> KEY = Context.key("rollcall-inbound-buffering");

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
        private @Nullable Settings present;
        private @Nullable Consumer<RefusedException> refuse;
        private boolean isOnlyOne;
        private boolean isTaken;

        /**
         * Counts from now on; nothing of a message is read before.
         *
         * @param onlyOne the call has one request, which gRPC keeps until the caller has said that it sends no more
         */
        void countFor(OpenCalls namespace, Settings quotas, boolean onlyOne, Consumer<RefusedException> refusing) {
            calls = namespace;
            present = quotas;
            isOnlyOne = onlyOne;
            refuse = refusing;
        }

        @Override
        public Context filterContext(Context context) {
            return context.withValue(KEY, this);
        }

        @Override
        public void inboundWireSize(long bytes) {
            come += bytes;
            if (come > SMALL_BYTES) {
                count(come);
            }
        }

        @Override
        public void inboundMessageRead(int number, long wireBytes, long bytes) {
            long whole = Math.max(wireBytes, bytes);
            if (isOnlyOne && !isTaken && whole > SMALL_WHOLE_BYTES) {
                count(whole * IN_MEMORY);
            } else {
                forget();
            }
        }

        /** The service has the request. */
        void taken() {
            isTaken = true;
            forget();
        }

        @Override
        public void streamClosed(Status status) {
            forget();
        }

        private void count(long bytes) {
            if (calls == null || present == null || refuse == null) {
                return;
            }
            calls.release(counted);
            counted = 0; // and at once as a whole, since a large one has room while it is the only one
            try {
                calls.buffer(bytes, present);
                counted = bytes;
            } catch (RefusedException e) {
                refuse.accept(e);
            }
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

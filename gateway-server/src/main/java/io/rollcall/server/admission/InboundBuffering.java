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
 * Counts the buffered bytes of incomplete requests, which a caller may leave incomplete for as long as it likes, in
 * each of its open calls. A tracer, because interceptors see a message only once it is complete.
 *
 * <pre>
 *   bytes of a message arrive ──▶ above {@value #SMALL_BYTES} they count ──▶ above the namespace's limit: refused
 *   complete, one of a stream ──▶ the service has it; it no longer counts
 *   complete, the only one ──▶ gRPC keeps it until the caller half-closes; until then its size in memory counts
 *   the call is over ──▶ nothing counts any more
 * </pre>
 *
 * <p>Threads: the call's event loop.
 */
public final class InboundBuffering extends ServerStreamTracer.Factory {
    /** Most requests are smaller: they arrive complete at once, so they skip the counter that all event loops share. */
    static final int SMALL_BYTES = 1024;

    /** A whole request of this size is within the fixed cost of its call; heartbeats are smaller. */
    static final int SMALL_WHOLE_BYTES = 40;

    /** How much larger a message is in memory than on the wire in the worst case, a list of one-letter strings. */
    static final int IN_MEMORY = 24;

    private static final Context.Key<Request> KEY = Context.key("rollcall-inbound-buffering");

    @Override
    public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
        return new Request();
    }

    /** The request of the call that this thread is serving; null: it is not counted. */
    static @Nullable Request current() {
        return KEY.get();
    }

    /** The incomplete message of one call. */
    static final class Request extends ServerStreamTracer {
        private long come;
        private long counted;
        private @Nullable OpenCalls calls;
        private @Nullable Settings present;
        private @Nullable Consumer<RefusedException> refuse;
        private boolean isOnlyOne;
        private boolean isTaken;

        /**
         * Starts counting; no part of a message has been read before.
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
            counted = 0; // then counted again as a whole, since a large one has room while it is the only one
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

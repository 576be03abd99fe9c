package io.rollcall.server.admission;

import io.grpc.ServerCall;
import io.rollcall.server.config.Settings;
import io.rollcall.server.failure.RefusedException;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * A call with one reply, which counts until the call is over: gRPC does not report when it has been sent. The reply to
 * a heartbeat is small and covered by the fixed cost of the call.
 */
final class CountedUnary<Q, R> extends CountedCall<Q, R> {
    @SuppressWarnings("rawtypes")
    private static final AtomicLongFieldUpdater<CountedUnary> UNREAD =
            AtomicLongFieldUpdater.newUpdater(CountedUnary.class, "unread");

    private static final long ENDED = -1;

    private final @Nullable ReadCost cost;

    @SuppressWarnings("UnusedVariable") // used by its updater alone; saves an object for each heartbeat
    private volatile long unread;

    /** @param cost null: for a heartbeat */
    CountedUnary(ServerCall<Q, R> call, int headerBytes, OpenCalls calls, Settings present, @Nullable ReadCost cost) {
        super(call, headerBytes, calls, present);
        this.cost = cost;
    }

    @Override
    public void sendMessage(R message) {
        if (cost != null) {
            int bytes = size(message);
            cost.sent(bytes);
            try {
                calls.reply(bytes, present);
            } catch (RefusedException e) {
                refuse(e);
                return;
            }
            if (!UNREAD.compareAndSet(this, 0, bytes)) {
                calls.release(bytes); // the client has disconnected
            }
        }
        super.sendMessage(message);
    }

    @Override
    void ready() {
        // Does not apply to a single reply.
    }

    @Override
    void releaseReplies() {
        long was = UNREAD.getAndSet(this, ENDED);
        if (was > 0) {
            calls.release(was);
        }
    }
}

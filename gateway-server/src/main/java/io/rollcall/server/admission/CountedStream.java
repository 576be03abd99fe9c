package io.rollcall.server.admission;

import io.grpc.ServerCall;
import io.rollcall.server.config.Settings;
import io.rollcall.server.failure.RefusedException;

/**
 * A call that sends many messages. It is ready only while none of them waits, so that a service that asks before it sends
 * has one message under way at a time; whatever waits counts.
 *
 * <pre>
 *   sent, and waits for the client's window or socket ──▶ not ready; what is beyond {@value #SMALL_BYTES} bytes counts
 *   all of it has left ──▶ ready again; nothing counts
 * </pre>
 *
 * <p>Threads: its service sends from any; the call's event loop tells that it is ready.
 */
final class CountedStream<Q, R> extends CountedCall<Q, R> {
    /** As answers to heartbeats are: within the fixed cost of the call, and not worth a count that all share. */
    static final int SMALL_BYTES = 512;

    /** Of gRPC's frame (PROTOCOL-HTTP2: a flag, and the length in four bytes). */
    private static final int PREFIX_BYTES = 5;

    private long waiting; // guarded by this, like what follows
    private long counted;
    private boolean isOver;

    CountedStream(ServerCall<Q, R> call, int headerBytes, OpenCalls calls, Settings present) {
        super(call, headerBytes, calls, present);
        call.setOnReadyThreshold(1); // gRPC's own, 32 KiB, would be that much for each stream
    }

    @Override
    public synchronized void sendMessage(R message) {
        ready();
        long all = waiting + PREFIX_BYTES + size(message);
        if (all > SMALL_BYTES && !isOver) {
            try {
                calls.reply(all - counted, present);
            } catch (RefusedException e) {
                refuse(e);
                return;
            }
            counted = all;
        }
        waiting = all;
        super.sendMessage(message);
    }

    /** What is sent meanwhile is not forgotten: the stream is not ready then. */
    @Override
    synchronized void ready() {
        if (waiting > 0 && isReady()) {
            release();
        }
    }

    @Override
    synchronized void releaseReplies() {
        isOver = true;
        release();
    }

    private void release() {
        if (counted > 0) {
            calls.release(counted);
        }
        waiting = 0;
        counted = 0;
    }
}

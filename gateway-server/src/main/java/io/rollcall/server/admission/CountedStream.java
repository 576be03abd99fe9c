package io.rollcall.server.admission;

import io.grpc.ServerCall;
import io.rollcall.server.config.Settings;
import io.rollcall.server.failure.RefusedException;

/**
 * A call that sends many messages. It is ready only while no message waits, so a service that checks before it sends
 * has one message in flight at a time; waiting messages count.
 *
 * <pre>
 *   sent, and waits for the client's window or socket ──▶ not ready; what is beyond {@value #SMALL_BYTES} bytes counts
 *   all of it has left ──▶ ready again; nothing counts
 * </pre>
 *
 * <p>Threads: its service sends from any; the call's event loop reports that it is ready.
 */
final class CountedStream<Q, R> extends CountedCall<Q, R> {
    /** Answers to heartbeats are smaller: the fixed cost of the call covers them, so they skip the shared counter. */
    static final int SMALL_BYTES = 512;

    /** The prefix of gRPC's frame (PROTOCOL-HTTP2: a flag, and the length in four bytes). */
    private static final int PREFIX_BYTES = 5;

    private long waiting; // guarded by this, like the next field
    private long counted;
    private boolean isOver;

    CountedStream(ServerCall<Q, R> call, int headerBytes, OpenCalls calls, Settings present) {
        super(call, headerBytes, calls, present);
        call.setOnReadyThreshold(1); // gRPC's default of 32 KiB would allow that much for each stream
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

    /** Messages sent meanwhile still count: the stream is then not ready. */
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

package io.rollcall.server.liveness;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.rollcall.server.identity.Caller;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.v1.HeartbeatRequest;
import io.rollcall.v1.HeartbeatResponse;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One stream of heartbeats. Each is answered as Heartbeat would; {@code not_found} is the last answer. If the stream
 * ends for any other reason, the lease records that, and the sweep suspects the node unless it is heard from again.
 *
 * <p>The next heartbeat is read only after the previous answer has been sent, so a client that does not read costs one
 * message.
 *
 * <p>Threads: gRPC calls back one at a time for one stream. The answer to a heartbeat that had to wait for its lease's
 * verdict comes from another thread. No heartbeat is read meanwhile, so only the callbacks for the stream's end and
 * readiness can run concurrently: those take the lock.
 */
final class KeepAliveService implements StreamObserver<HeartbeatRequest> {
    private final Caller caller;
    private final Leases leases;
    private final HeartbeatMessages messages;
    private final ServerCallStreamObserver<HeartbeatResponse> reply;
    private final Executor late;
    /** The lease of the last acknowledged heartbeat; null: none, or the end has been recorded. */
    private @Nullable Lease kept;

    private long keptAt;
    private boolean isAnswerWaiting;
    /** Whether a heartbeat waits for its answer. Guarded by this where threads may race, like the fields below. */
    private boolean isVerdictDue;

    private boolean isHalfClosed;
    private boolean isOver;

    private KeepAliveService(
            Caller caller,
            Leases leases,
            HeartbeatMessages messages,
            ServerCallStreamObserver<HeartbeatResponse> reply,
            Executor late) {
        this.caller = caller;
        this.leases = leases;
        this.messages = messages;
        this.reply = reply;
        this.late = late;
    }

    /** @param late answers heartbeats that had to wait */
    static KeepAliveService open(
            Caller caller,
            Leases leases,
            HeartbeatMessages messages,
            ServerCallStreamObserver<HeartbeatResponse> reply,
            Executor late) {
        KeepAliveService stream = new KeepAliveService(caller, leases, messages, reply, late);
        reply.disableAutoRequest();
        reply.setOnReadyHandler(stream::answerLeft);
        reply.setOnCancelHandler(stream::broke);
        reply.setOnCloseHandler(stream::broke);
        reply.request(1);
        return stream;
    }

    @Override
    public void onNext(HeartbeatRequest request) {
        NodeId id = NodeId.of(request.getNodeId());
        Lease lease = leases.find(caller.namespace(), id, request.getIncarnation());
        long now = leases.now();
        Lease.Beat beat = lease == null ? Lease.Beat.TOO_LATE : lease.beat(now);
        if (lease != null && beat == Lease.Beat.COUNTS) {
            acknowledge(lease, now);
        } else if (lease != null && beat == Lease.Beat.WAITS) {
            isVerdictDue = true;
            var unused = lease.await(now)
                    .whenCompleteAsync(
                            (counts, failure) -> {
                                if (failure != null) {
                                    refuse(failure);
                                } else {
                                    answerLate(lease, now, id, request.getIncarnation(), counts);
                                }
                            },
                            late);
        } else {
            end(id, request.getIncarnation());
        }
    }

    private void acknowledge(Lease lease, long now) {
        kept = lease;
        keptAt = now;
        reply.onNext(messages.acknowledged(caller.namespace()));
        isAnswerWaiting = !reply.isReady();
        if (!isAnswerWaiting) {
            reply.request(1);
        }
    }

    private void end(NodeId id, long incarnationNumber) {
        isOver = true;
        reply.onNext(messages.notFound(caller.namespace(), id, incarnationNumber));
        reply.onCompleted();
    }

    /** If the stream has ended meanwhile, a heartbeat that counts was this stream's last. */
    private synchronized void answerLate(Lease lease, long now, NodeId id, long incarnationNumber, boolean counts) {
        isVerdictDue = false;
        if (counts) {
            kept = lease;
            keptAt = now;
        }
        if (isOver) {
            broke();
            return;
        }
        try {
            if (!counts) {
                end(id, incarnationNumber);
                return;
            }
            reply.onNext(messages.acknowledged(caller.namespace()));
            if (isHalfClosed) {
                onCompleted();
                return;
            }
            isAnswerWaiting = true; // first: the ready callback comes from another thread
            if (reply.isReady()) {
                answerLeft();
            }
        } catch (RuntimeException e) {
            refuse(e); // nothing else would inform the client
        }
    }

    private synchronized void refuse(Throwable why) {
        if (!isOver) {
            isOver = true;
            reply.onError(why);
        }
    }

    private synchronized void answerLeft() {
        if (isAnswerWaiting) {
            isAnswerWaiting = false;
            reply.request(1);
        }
    }

    /** The client half-closed without removing the node. */
    @Override
    public synchronized void onCompleted() {
        isHalfClosed = true;
        if (!isVerdictDue) {
            boolean wasOver = isOver;
            broke();
            if (!wasOver) {
                reply.onCompleted();
            }
        }
    }

    @Override
    public void onError(Throwable cancelled) {
        broke();
    }

    private synchronized void broke() {
        isOver = true;
        Lease lease = kept;
        kept = null;
        if (lease != null) {
            lease.streamBroke(keptAt, leases.now());
        }
    }
}

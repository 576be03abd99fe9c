package io.rollcall.server.liveness;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.rollcall.server.identity.Caller;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.v1.HeartbeatRequest;
import io.rollcall.v1.HeartbeatResponse;
import org.jspecify.annotations.Nullable;

/**
 * One stream of heartbeats. Each is answered as Heartbeat would; {@code not_found} is the last answer. When the stream
 * ends for any other reason, the lease is told, and the sweep suspects the node unless it is heard from again.
 *
 * <p>The next heartbeat is read only once the answer before has left, so a client that does not read its answers is not
 * read either, and costs one message.
 *
 * <p>Threads: gRPC calls back one at a time for one stream.
 */
final class KeepAliveService implements StreamObserver<HeartbeatRequest> {
    private final Caller caller;
    private final Leases leases;
    private final HeartbeatMessages messages;
    private final ServerCallStreamObserver<HeartbeatResponse> reply;
    /** The lease that the last acknowledged heartbeat was for; null: none was, or the end has been told. */
    private @Nullable Lease kept;

    private long keptAt;
    private boolean isAnswerWaiting;

    private KeepAliveService(
            Caller caller,
            Leases leases,
            HeartbeatMessages messages,
            ServerCallStreamObserver<HeartbeatResponse> reply) {
        this.caller = caller;
        this.leases = leases;
        this.messages = messages;
        this.reply = reply;
    }

    static KeepAliveService open(
            Caller caller,
            Leases leases,
            HeartbeatMessages messages,
            ServerCallStreamObserver<HeartbeatResponse> reply) {
        KeepAliveService stream = new KeepAliveService(caller, leases, messages, reply);
        reply.disableAutoRequest();
        reply.setOnReadyHandler(stream::answerLeft);
        reply.setOnCancelHandler(stream::broke);
        reply.setOnCloseHandler(stream::broke);
        reply.request(1);
        return stream;
    }

    /** @throws io.rollcall.server.failure.RefusedException ends the stream: the id is not the certificate's */
    @Override
    public void onNext(HeartbeatRequest request) {
        NodeId id = HeartbeatMessages.sender(caller, request);
        Lease lease = leases.find(caller.namespace(), id, request.getIncarnation());
        long now = leases.now();
        if (lease == null || !lease.beat(now)) {
            reply.onNext(messages.notFound(caller.namespace(), id, request.getIncarnation()));
            reply.onCompleted();
            return;
        }
        kept = lease;
        keptAt = now;
        reply.onNext(messages.acknowledged(caller.namespace()));
        isAnswerWaiting = !reply.isReady();
        if (!isAnswerWaiting) {
            reply.request(1);
        }
    }

    private void answerLeft() {
        if (isAnswerWaiting) {
            isAnswerWaiting = false;
            reply.request(1);
        }
    }

    /** The client sends no more, without having said that the node leaves. */
    @Override
    public void onCompleted() {
        broke();
        reply.onCompleted();
    }

    @Override
    public void onError(Throwable cancelled) {
        broke();
    }

    private void broke() {
        Lease lease = kept;
        kept = null;
        if (lease != null) {
            lease.streamBroke(keptAt, leases.now());
        }
    }
}

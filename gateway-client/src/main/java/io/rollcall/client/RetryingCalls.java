package io.rollcall.client;

import com.google.protobuf.Message;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.rollcall.v1.GatewayServiceGrpc;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes calls within a deadline and retries at the next address if one is unavailable: every method may be repeated,
 * since a registration carries its incarnation. Blocks the calling thread; an interrupt cancels the call.
 */
final class RetryingCalls {

    private final ChannelPool pool;
    private final Limits limits;
    private final CopyOnWriteArrayList<Consumer<Revision>> observers = new CopyOnWriteArrayList<>();

    RetryingCalls(ChannelPool pool, Limits limits) {
        this.pool = pool;
        this.limits = limits;
    }

    /** Passes the revision of each reply to {@code observer}, on the thread that made the call. */
    void observe(Consumer<Revision> observer) {
        observers.add(observer);
    }

    void forget(Consumer<Revision> observer) {
        observers.remove(observer);
    }

    <Q extends Message, R extends Message> R call(MethodDescriptor<Q, R> method, Q request) {
        return call(method, request, limits.deadline());
    }

    /**
     * @param atMost shortens the deadline, never lengthens it
     * @throws GatewayException if no address answered, or the call was refused; if all were unavailable, the exception
     *     with the longest requested wait
     */
    <Q extends Message, R extends Message> R call(MethodDescriptor<Q, R> method, Q request, Duration atMost) {
        Duration deadline = atMost.compareTo(limits.deadline()) < 0 ? atMost : limits.deadline();
        CallOptions bounded =
                CallOptions.DEFAULT.withDeadlineAfter(Math.max(1, deadline.toMillis()), TimeUnit.MILLISECONDS);
        @Nullable GatewayException patient = null;
        for (int tried = 1; ; ) {
            ServerChannel server = pool.preferred();
            CallOptions options = needsToken(method) ? withToken(bounded, server) : bounded;
            try {
                R reply = ClientCalls.blockingUnaryCall(server.channel(), method, options, request);
                answered(server, reply);
                return reply;
            } catch (StatusRuntimeException e) {
                Status.Code code = e.getStatus().getCode();
                failed(server, code);
                GatewayException failure = server.describe(e);
                if (code != Status.Code.UNAVAILABLE) {
                    throw failure;
                }
                patient = patient == null ? failure : GatewayException.moreHopeful(patient, failure);
                // A channel retired between lookup and use says nothing about its address.
                boolean saidNothing = server.isRetired() && failure.retryAfter().isEmpty();
                if (!saidNothing && tried++ >= pool.size()) {
                    throw patient;
                }
            }
        }
    }

    /** Returns what changes when a file of the credentials does. */
    List<String> credentialStamps() {
        return pool.stamps();
    }

    /** Returns the channel of the next call. */
    ServerChannel preferred() {
        return pool.preferred();
    }

    /** Opens a stream of heartbeats on that channel; see {@link BeatStream#open}. */
    BeatStream keepAlive(ServerChannel server, BiConsumer<BeatStream, GatewayException> whenBroken) {
        return BeatStream.open(server, withToken(CallOptions.DEFAULT, server), whenBroken);
    }

    /** Records an answer to a call or on a stream. */
    void answered(ServerChannel server, Message reply) {
        server.answered();
        pool.tryHome();
        Revision revision = Revision.of(reply);
        observers.forEach(observer -> observer.accept(revision));
    }

    /** Records a failed call. */
    void failed(ServerChannel server, Status.Code code) {
        server.failed(code);
        if (code == Status.Code.UNAVAILABLE || code == Status.Code.DEADLINE_EXCEEDED) {
            pool.turnAwayFrom(server);
        }
    }

    /**
     * Opens a stream and passes on each message until the gateway ends it, without a deadline. The next message is
     * requested after {@code each} has returned. An exception from {@code each} ends the stream.
     *
     * @throws GatewayException if the stream broke or was refused; the next attempt then goes to the next address
     */
    <Q extends Message, R extends Message> void stream(MethodDescriptor<Q, R> method, Q request, Consumer<R> each) {
        ServerChannel server = pool.preferred();
        CallOptions options = withToken(CallOptions.DEFAULT, server);
        Context.CancellableContext call = Context.current().withCancellation();
        Context before = call.attach();
        Runnable hangUp = () -> call.cancel(null);
        server.hold(hangUp);
        try {
            Iterator<R> replies = ClientCalls.blockingServerStreamingCall(server.channel(), method, options, request);
            while (replies.hasNext()) {
                R reply = replies.next();
                answered(server, reply);
                each.accept(reply);
            }
        } catch (StatusRuntimeException e) {
            failed(server, e.getStatus().getCode());
            throw server.describe(e);
        } finally {
            server.release(hangUp);
            call.detach(before);
            call.cancel(null);
        }
    }

    private static CallOptions withToken(CallOptions options, ServerChannel server) {
        CallCredentials token = server.token();
        return token == null ? options : options.withCallCredentials(token);
    }

    private static boolean needsToken(MethodDescriptor<?, ?> method) {
        return method != GatewayServiceGrpc.getHealthCheckMethod();
    }
}

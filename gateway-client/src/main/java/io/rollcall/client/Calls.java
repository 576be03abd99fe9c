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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes calls, within a deadline, at the next address where one is away: every method may be repeated, since a
 * registration carries its incarnation. Blocks the calling thread; an interrupt cancels the call.
 */
final class Calls {

    private final Connections connections;
    private final Limits limits;
    private final CopyOnWriteArrayList<Consumer<Revision>> observers = new CopyOnWriteArrayList<>();

    Calls(Connections connections, Limits limits) {
        this.connections = connections;
        this.limits = limits;
    }

    /** Tells {@code observer} what revision each reply states, on the thread that made the call. */
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
     * @throws GatewayException if no address gave an answer, or the answer was a refusal; where each was unavailable,
     * the
     *     one that asks for the longest wait
     */
    <Q extends Message, R extends Message> R call(MethodDescriptor<Q, R> method, Q request, Duration atMost) {
        Duration deadline = atMost.compareTo(limits.deadline()) < 0 ? atMost : limits.deadline();
        CallOptions bounded =
                CallOptions.DEFAULT.withDeadlineAfter(Math.max(1, deadline.toMillis()), TimeUnit.MILLISECONDS);
        @Nullable GatewayException patient = null;
        for (int tried = 1; ; ) {
            Line line = connections.line();
            CallOptions options = needsToken(method) ? withToken(bounded, line) : bounded;
            try {
                R reply = ClientCalls.blockingUnaryCall(line.channel(), method, options, request);
                answered(line, reply);
                return reply;
            } catch (StatusRuntimeException e) {
                Status.Code code = e.getStatus().getCode();
                failed(line, code);
                GatewayException failure = GatewayException.from(e);
                if (code != Status.Code.UNAVAILABLE) {
                    throw failure;
                }
                patient = patient == null || patient.told().compareTo(failure.told()) <= 0 ? failure : patient;
                // A line that was retired between being fetched and being used says nothing about its address.
                boolean saidNothing = line.isRetired() && failure.retryAfter().isEmpty();
                if (!saidNothing && tried++ >= connections.size()) {
                    throw patient;
                }
            }
        }
    }

    /** The line that the next call takes. */
    Line line() {
        return connections.line();
    }

    /** Opens a stream of heartbeats on that line; see {@link BeatStream#open}. */
    BeatStream keepAlive(Line line, BiConsumer<BeatStream, GatewayException> whenBroken) {
        return BeatStream.open(line, withToken(CallOptions.DEFAULT, line), whenBroken);
    }

    /** An answer came, be it to a call or on a stream. */
    void answered(Line line, Message reply) {
        line.answered();
        Revision revision = Revision.of(reply);
        observers.forEach(observer -> observer.accept(revision));
    }

    /** None came. */
    void failed(Line line, Status.Code code) {
        line.failed(code);
        if (code == Status.Code.UNAVAILABLE || code == Status.Code.DEADLINE_EXCEEDED) {
            connections.turnAwayFrom(line);
        }
    }

    /**
     * Opens a stream and hands on each message, until the gateway ends it, without a deadline. The next message is
     * asked for when {@code each} has returned. What {@code each} throws ends the stream.
     *
     * @throws GatewayException if the stream broke or was refused; the next attempt then goes to the next address
     */
    <Q extends Message, R extends Message> void stream(MethodDescriptor<Q, R> method, Q request, Consumer<R> each) {
        Line line = connections.line();
        CallOptions options = withToken(CallOptions.DEFAULT, line);
        Context.CancellableContext call = Context.current().withCancellation();
        Context before = call.attach();
        Runnable hangUp = () -> call.cancel(null);
        line.hold(hangUp);
        try {
            Iterator<R> replies = ClientCalls.blockingServerStreamingCall(line.channel(), method, options, request);
            while (replies.hasNext()) {
                R reply = replies.next();
                answered(line, reply);
                each.accept(reply);
            }
        } catch (StatusRuntimeException e) {
            failed(line, e.getStatus().getCode());
            throw GatewayException.from(e);
        } finally {
            line.release(hangUp);
            call.detach(before);
            call.cancel(null);
        }
    }

    private static CallOptions withToken(CallOptions options, Line line) {
        CallCredentials token = line.token();
        return token == null ? options : options.withCallCredentials(token);
    }

    private static boolean needsToken(MethodDescriptor<?, ?> method) {
        return method != GatewayServiceGrpc.getHealthCheckMethod();
    }
}
